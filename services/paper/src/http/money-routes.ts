import { ACCOUNT_ROUTES } from "./account-routes.ts";
import type { Route } from "./api.ts";
import { ASSET_ROUTES } from "./asset-routes.ts";
import { FIXED_LOAN_ROUTES } from "./loan-fixed-routes.ts";
import { LEGACY_LOAN_ROUTES } from "./loan-legacy-routes.ts";
import { LOAN_ROUTES } from "./loan-routes.ts";
import { POSITION_ROUTES } from "./position-routes.ts";

/** Every call about money: account, wallets, positions, loans. */
export const MONEY_ROUTES: readonly Route[] = [
  ...ACCOUNT_ROUTES,
  ...ASSET_ROUTES,
  ...POSITION_ROUTES,
  ...LOAN_ROUTES,
  ...FIXED_LOAN_ROUTES,
  ...LEGACY_LOAN_ROUTES,
];
