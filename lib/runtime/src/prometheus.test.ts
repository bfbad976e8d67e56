import { expect, it } from "vitest";

import { prometheusMetrics } from "./prometheus.ts";

const OPEN = "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5";
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

function metrics() {
  const made = prometheusMetrics("risk");
  made.counter("hedgelock_ticks_total", "Ticks").inc(3);
  const histogram = made.histogram("hedgelock_hedge_seconds", "Hedges", [0.1, 1], { kind: "a" }, { exemplars: true });
  histogram.observe(0.05);
  histogram.observe(0.5, { traceId: TRACE_ID });
  made.histogram("hedgelock_tick_seconds", "Ticks", [1]).observe(0.5, { traceId: TRACE_ID });
  return made;
}

it("gives OpenMetrics with exemplars to whoever takes it", async () => {
  const { contentType, body } = await metrics().scrape(OPEN);
  expect(contentType).toContain("application/openmetrics-text");
  expect(body).toMatch(
    new RegExp(
      `^hedgelock_hedge_seconds_bucket\\{le="1",service="risk",kind="a"\\} 2 # \\{trace_id="${TRACE_ID}"\\} 0.5 [0-9.]+$`,
      "m",
    ),
  );
  expect(body).toMatch(/^hedgelock_hedge_seconds_bucket\{le="0.1",service="risk",kind="a"\} 1$/m);
  expect(body).toMatch(/^hedgelock_tick_seconds_bucket\{le="1",service="risk"\} 1$/m);
  expect(body).toMatch(/^hedgelock_ticks_total\{service="risk"\} 3$/m);
  expect(body.endsWith("# EOF\n")).toBe(true);
});

it("gives Prometheus' text to everybody else, also after, and at the same time as, the other", async () => {
  const made = metrics();
  const [before] = await Promise.all([made.scrape(), made.scrape(OPEN), made.scrape(OPEN)]);
  const after = await made.scrape("text/plain");
  for (const { contentType, body } of [before, after]) {
    expect(contentType).toContain("text/plain");
    expect(body).toContain("# TYPE hedgelock_ticks_total counter\n");
    expect(body).toMatch(/^hedgelock_ticks_total\{service="risk"\} 3$/m);
    expect(body).not.toContain("trace_id");
    expect(body).not.toContain("# EOF");
  }
});
