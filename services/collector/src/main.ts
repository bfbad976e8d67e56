import { runService } from "@hedgelock/runtime";

import { collectorService } from "./service.ts";

await runService(collectorService);
