import { runService } from "@hedgelock/runtime";

import { riskService } from "./service.ts";

await runService(riskService);
