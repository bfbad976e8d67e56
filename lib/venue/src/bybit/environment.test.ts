import { expect, test } from "vitest";

import { checkedVenue } from "./environment.ts";
import type { VenueConfig } from "./environment.ts";

const MAINNET = { restUrl: "https://api.bybit.com", wsUrl: "wss://stream.bybit.com" };

function codeOf(config: VenueConfig, accounts: readonly string[]): string {
  try {
    checkedVenue(config, accounts);
    return "allowed";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

test("testnet has default addresses", () => {
  expect(checkedVenue({ environment: "testnet" }, ["main"])).toEqual({
    environment: "testnet",
    restUrl: "https://api-testnet.bybit.com",
    wsUrl: "wss://stream-testnet.bybit.com",
  });
});

test.each([
  "https://api.bybit.com",
  "https://api.bytick.com",
  "https://API.BYBIT.COM",
  "https://api.bybit.com.",
  "https://api.bybit.eu",
  "https://api.bybitgeorgia.ge",
  "https://api.manepa.jp",
  "https://api2.bybit.com",
  "https://bybit.com",
])("%s is refused unless the environment is mainnet", (restUrl) => {
  const wsUrl = "ws://127.0.0.1:1";
  expect(codeOf({ environment: "paper", restUrl, wsUrl }, [])).toBe("VENUE_ENVIRONMENT");
  expect(codeOf({ environment: "testnet", restUrl }, [])).toBe("VENUE_ENVIRONMENT");
  expect(codeOf({ environment: "paper", restUrl, wsUrl, mainnetAcknowledgement: "main" }, ["main"])).toBe(
    "VENUE_ENVIRONMENT",
  );
});

test.each([
  [undefined, ["main"], "VENUE_ENVIRONMENT"],
  ["", ["main"], "VENUE_ENVIRONMENT"],
  ["other", ["main"], "VENUE_ENVIRONMENT"],
  ["main", ["main", "desk"], "VENUE_ENVIRONMENT"],
  ["main, desk", ["main"], "VENUE_ENVIRONMENT"],
  ["main", [], "VENUE_ENVIRONMENT"],
  ["main, desk", ["desk", "main"], "allowed"],
  ["main", ["main"], "allowed"],
  ["none", [], "allowed"],
])("mainnet with the acknowledgement %j for the accounts %j: %s", (acknowledgement, accounts, outcome) => {
  const config = { environment: "mainnet", ...MAINNET } as const;
  expect(
    codeOf(acknowledgement === undefined ? config : { ...config, mainnetAcknowledgement: acknowledgement }, accounts),
  ).toBe(outcome);
});

test("no plain connections outside paper, no testnet by the name of paper, no paths", () => {
  expect(codeOf({ environment: "testnet", restUrl: "http://10.0.0.1", wsUrl: "ws://10.0.0.1" }, [])).toBe(
    "VENUE_ENVIRONMENT",
  );
  expect(
    codeOf({ environment: "paper", restUrl: "https://api-testnet.bybit.com", wsUrl: "ws://127.0.0.1:1" }, []),
  ).toBe("VENUE_ENVIRONMENT");
  expect(codeOf({ environment: "paper", restUrl: "http://127.0.0.1:1/v5", wsUrl: "ws://127.0.0.1:1" }, [])).toBe(
    "VENUE_ENVIRONMENT",
  );
  expect(codeOf({ environment: "paper" }, [])).toBe("VENUE_ENVIRONMENT");
  expect(codeOf({ environment: "paper", restUrl: "http://paper:8080", wsUrl: "ws://paper:8080" }, [])).toBe("allowed");
});
