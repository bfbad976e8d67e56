/** How close an account is to trouble, as the hedging strategies see it. Numbered like `RiskState` on the wire. */
export const RISK_LEVEL = { NORMAL: 1, CAUTION: 2, DANGER: 3, CRITICAL: 4 } as const;
export type RiskLevel = (typeof RISK_LEVEL)[keyof typeof RISK_LEVEL];
