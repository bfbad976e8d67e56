import { runService } from "@hedgelock/runtime";

import { hedgerService } from "./service.ts";

await runService(hedgerService);
