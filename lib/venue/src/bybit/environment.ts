import { HedgeLockError } from "@hedgelock/runtime";
import { z } from "zod";

/** Where the venue is, as every service configures it. */
export const venueConfig = z.strictObject({
  environment: z.enum(["paper", "testnet", "mainnet"]),
  /** Base address of REST without path; may be left out for testnet and mainnet. */
  restUrl: z.url({ protocol: /^https?$/, error: "must be an http or https address without path" }).optional(),
  /** Base address of the WebSockets without path; may be left out for testnet and mainnet. */
  wsUrl: z.url({ protocol: /^wss?$/, error: "must be a ws or wss address without path" }).optional(),
  /** The second switch for real money: the names of the accounts, sorted, with commas between; "none" without accounts. */
  mainnetAcknowledgement: z.string().optional(),
});
export type VenueConfig = z.infer<typeof venueConfig>;

/** A place that passed {@link checkedVenue}. */
export interface CheckedVenue {
  readonly environment: VenueConfig["environment"];
  readonly restUrl: string;
  readonly wsUrl: string;
}

const DEFAULT_URLS = {
  paper: undefined,
  testnet: { restUrl: "https://api-testnet.bybit.com", wsUrl: "wss://stream-testnet.bybit.com" },
  mainnet: { restUrl: "https://api.bybit.com", wsUrl: "wss://stream.bybit.com" },
} as const;

/** Domains of Bybit and its regional sites (Bybit v5 guide, "Integration guidance"). */
const BYBIT_HOST = /(^|\.)(bybit|bytick|bybitgeorgia|manepa)\.[a-z]{2,4}$/;
const TRIAL_HOST = /^(api|stream)-(testnet|demo)\./;

function hostKind(url: URL): "mainnet" | "trial" | "other" {
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  if (!BYBIT_HOST.test(host)) return "other";
  return TRIAL_HOST.test(host) ? "trial" : "mainnet";
}

function refuse(message: string): never {
  throw new HedgeLockError("VENUE_ENVIRONMENT", message, { exitStatus: 2 });
}

/**
 * Guards against trading real money by mistake. Mainnet hosts are allowed only when the environment is "mainnet" **and**
 * the acknowledgement names exactly the accounts of this process: two places that nobody changes by accident.
 * @throws HedgeLockError VENUE_ENVIRONMENT
 */
export function checkedVenue(config: VenueConfig, accounts: readonly string[]): CheckedVenue {
  const { environment } = config;
  const restUrl = config.restUrl ?? DEFAULT_URLS[environment]?.restUrl;
  const wsUrl = config.wsUrl ?? DEFAULT_URLS[environment]?.wsUrl;
  if (restUrl === undefined || wsUrl === undefined) {
    refuse(`venue.restUrl and venue.wsUrl must be set for the environment "${environment}"`);
  }
  for (const address of [restUrl, wsUrl]) checkAddress(new URL(address), environment);
  if (environment === "mainnet") checkAcknowledgement(config.mainnetAcknowledgement, accounts);
  return { environment, restUrl: new URL(restUrl).origin, wsUrl: originOf(new URL(wsUrl)) };
}

function checkAddress(url: URL, environment: VenueConfig["environment"]): void {
  const kind = hostKind(url);
  if (kind === "mainnet" && environment !== "mainnet") {
    refuse(
      `${url.host} trades real money, but venue.environment is "${environment}": set "mainnet" and venue.mainnetAcknowledgement if that is meant`,
    );
  }
  if (kind === "trial" && environment !== "testnet") {
    refuse(`${url.host} is a testnet, but venue.environment is "${environment}"`);
  }
  if ((url.protocol === "http:" || url.protocol === "ws:") && environment !== "paper") {
    refuse(`${url.host} would be reached without encryption: use https and wss outside the environment "paper"`);
  }
  if (url.pathname !== "/" || url.search !== "") refuse(`${url.href} must not have a path or a query`);
}

function checkAcknowledgement(acknowledgement: string | undefined, accounts: readonly string[]): void {
  const wanted = accounts.length === 0 ? "none" : accounts.toSorted().join(",");
  const given =
    acknowledgement === undefined
      ? undefined
      : acknowledgement
          .split(",")
          .map((name) => name.trim())
          .toSorted()
          .join(",");
  if (given !== wanted) {
    refuse(`real money needs venue.mainnetAcknowledgement to name the accounts of this service: "${wanted}"`);
  }
}

/** `URL.origin` is "null" for WebSocket addresses. */
function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}
