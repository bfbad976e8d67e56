export {
  AccountSnapshot,
  WalletSnapshot,
  CoinBalance,
  PositionsSnapshot,
  Position,
  LoanSnapshot,
  LoanDebt,
  LoanCollateral,
  CollateralTier,
  ExecEvent,
  OrderUpdate,
  Execution,
} from "./gen/hedgelock/v1/account.ts";
export {
  PartitionHeartbeat,
} from "./gen/hedgelock/v1/control.ts";
export {
  OrderState,
  HedgeRecord,
  HedgeEvent,
  IntentOpened,
  SendAttempted,
  OrderAcknowledged,
  OrderRejected,
  OutcomeUnknown,
  ExecutionApplied,
  OrderClosed,
  ProvedNeverArrived,
  PostconditionChecked,
  PositionAdopted,
  DecisionRefused,
  LedgerState,
  SymbolPosition,
  OrderBudget,
  SymbolQty,
  Intent,
} from "./gen/hedgelock/v1/hedge.ts";
export {
  TickKind,
  Tick,
} from "./gen/hedgelock/v1/market.ts";
export {
  RiskState,
  InputQuality,
  Decision,
  AssetExposure,
  HedgeTarget,
  Trigger,
  InputRef,
  EngineMemory,
  SymbolMemory,
} from "./gen/hedgelock/v1/risk.ts";
