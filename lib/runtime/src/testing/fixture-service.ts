import { z } from "zod";

import { runService } from "../run-service.ts";

/** A service for the tests of runService: behaves as its configuration says. */
await runService({
  name: "fixture",
  config: z.strictObject({
    behaviour: z.enum(["normal", "reject_later", "fail_start", "stop_slowly", "not_ready"]).default("normal"),
  }),
  async start({ config, timers, log, addReadiness }) {
    if (config.behaviour === "fail_start") throw new Error("the venue is closed");
    if (config.behaviour === "not_ready") addReadiness("venue", () => "clock not synchronised");
    if (config.behaviour === "reject_later") {
      timers.after(1, () => {
        void Promise.reject(new Error("nobody handles this"));
      });
    }
    return {
      async stop() {
        log.info("fixture.stop");
        if (config.behaviour === "stop_slowly") await timers.sleep(60_000);
      },
    };
  },
});
