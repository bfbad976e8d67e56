import { runService } from "@hedgelock/runtime";

import { paperService } from "./service.ts";

await runService(paperService);
