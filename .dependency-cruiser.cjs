/**
 * Architecture rules: imports point one way.
 *
 *   services -> lib/{bus,venue,telemetry,prices} -> lib/runtime -> lib/{contracts,finance}
 *
 * Each rule has a test that shows it failing: test/unit/architecture.test.ts. TypeScript is read with swc, because
 * dependency-cruiser cannot use TypeScript 7.
 */

const { Visitor } = require("@swc/core/Visitor.js");

/** swc's visitor, which dependency-cruiser uses, stops at `using x = …`; what that declares may import as well. */
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function visitStatementOrUsing(statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  return statement;
};

/** Test code: may use the test support package, development dependencies, and impure things in pure rooms. */
const TEST_CODE = "([.]test[.](ts|mjs)$|^test/|^bench/|/testing/)";
/** Rooms that compute and do nothing else. */
const PURE_ROOMS = "^lib/finance/src/|^(lib|services)/[^/]+/src/(domain|.+/domain)/";

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "services-do-not-import-each-other",
      comment: "Services meet on the bus and share code only through lib.",
      severity: "error",
      from: { path: "^services/([^/]+)/" },
      to: { path: "^services/([^/]+)/", pathNot: "^services/$1/" },
    },
    {
      name: "lib-does-not-import-services",
      comment: "Imports point from services to lib.",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(services|bench)/" },
    },
    {
      name: "adapters-import-only-runtime-and-below",
      comment: "lib/{bus,venue,telemetry,prices} stand side by side on lib/runtime, lib/contracts and lib/finance.",
      severity: "error",
      from: { path: "^lib/(bus|venue|telemetry|prices)/" },
      to: { path: "^lib/", pathNot: "^lib/($1|runtime|contracts|finance)/" },
    },
    {
      name: "runtime-imports-only-below",
      comment: "lib/runtime knows nothing of the bus, the venue, telemetry or prices.",
      severity: "error",
      from: { path: "^lib/runtime/" },
      to: { path: "^lib/", pathNot: "^lib/(runtime|contracts|finance)/" },
    },
    {
      name: "contracts-import-nothing-of-ours",
      comment: "lib/contracts is the bottom: generated types, subjects, message ids.",
      severity: "error",
      from: { path: "^lib/contracts/", pathNot: TEST_CODE },
      to: { path: "^(lib|services|test|bench)/", pathNot: "^lib/contracts/" },
    },
    {
      name: "pure-rooms-import-only-pure-things",
      comment:
        "lib/finance and every domain/ folder import only lib/contracts, lib/finance, bignumber.js and files of their own room.",
      severity: "error",
      from: { path: PURE_ROOMS, pathNot: TEST_CODE },
      to: {
        path: ".+",
        pathNot:
          "^lib/(contracts|finance)/src/|^(lib|services)/[^/]+/src/(domain|.+/domain)/|(^|/)node_modules/bignumber[.]js/",
      },
    },
    {
      name: "only-the-bus-talks-to-nats",
      comment: "Everything else uses the port of lib/bus.",
      severity: "error",
      from: { pathNot: "^lib/bus/" },
      to: { path: "(^|/)node_modules/(@nats-io/|nats/|nats[.]ws/)|^@nats-io/" },
    },
    {
      name: "packages-have-one-door",
      comment: "Another package is used through its index.ts.",
      severity: "error",
      from: { path: "^(lib|services)/([^/]+)/" },
      to: { path: "^(lib|services)/[^/]+/", pathNot: "^$1/$2/|^lib/[^/]+/src/(index|testing/index)[.]ts$" },
    },
    {
      name: "test-support-only-from-tests",
      comment: "@hedgelock/test and the tests themselves are no part of what runs.",
      severity: "error",
      from: { path: "^(lib|services|scripts)/", pathNot: TEST_CODE },
      to: { path: "^test/|[.]test[.]ts$|/testing/" },
    },
    {
      name: "no-cycles",
      comment: "A cycle means two files that are one.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolvable",
      comment: "What is imported exists.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "only-declared-packages",
      comment: "A package that is imported stands in the package.json of the room that imports it.",
      severity: "error",
      from: { path: "^(lib|services)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-development-packages-in-production-code",
      severity: "error",
      from: { path: "^(lib|services)/", pathNot: TEST_CODE },
      to: { dependencyTypes: ["npm-dev"], pathNot: "node_modules/@types/" },
    },
    {
      name: "launcher-uses-only-built-in-modules",
      comment: "The launcher runs before anything is installed.",
      severity: "error",
      from: { path: "^scripts/", pathNot: "[.]test[.]mjs$" },
      to: { path: ".+", pathNot: "^scripts/", dependencyTypesNot: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    parser: "swc",
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    preserveSymlinks: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".mjs", ".cjs", ".js", ".json", ".d.ts"],
      mainFields: ["module", "main", "types"],
    },
  },
};
