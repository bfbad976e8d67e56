/**
 * oxlint plugin `hedgelock`: rules that no built-in rule can express.
 *
 * `no-ambient-time` forbids reading the machine's clock through `Date` while leaving the pure uses alone:
 * `new Date(ms)`, `Date.parse(text)` and `Date.UTC(…)` turn numbers and text into each other; `new Date()`,
 * `Date()`, `Date.now` and passing `Date` around read, or may read, the clock, which would end running the system
 * under a virtual one (design: all time comes in through the Clock port).
 */

const PURE_MEMBERS = new Set(["parse", "UTC", "prototype"]);
const MESSAGE = "reads the machine's clock: take a Clock (lib/runtime) as a dependency instead";

/** Whether this use of the identifier `Date` only converts values handed to it. */
function isPureUse(node) {
  const parent = node.parent;
  if (parent === null || parent === undefined) return false;
  if (parent.type === "NewExpression" && parent.callee === node) return parent.arguments.length > 0;
  if (parent.type === "BinaryExpression" && parent.operator === "instanceof") return true;
  if (parent.type === "MemberExpression" && parent.object === node) {
    return !parent.computed && PURE_MEMBERS.has(parent.property.name);
  }
  return false;
}

/** Whether the identifier is a name of something else: a property, a key, a type. */
function isOnlyAName(node) {
  const parent = node.parent;
  if (parent === null || parent === undefined) return false;
  if (parent.type.startsWith("TS")) return true;
  if (parent.type === "MemberExpression" && parent.property === node && !parent.computed) {
    return parent.object.type !== "Identifier" || parent.object.name !== "globalThis";
  }
  return (
    (parent.type === "Property" || parent.type === "PropertyDefinition") && parent.key === node && !parent.computed
  );
}

const noAmbientTime = {
  meta: { type: "problem", docs: { description: "Date may convert values but not read the clock" } },
  create(context) {
    return {
      Identifier(node) {
        if (node.name !== "Date" || isOnlyAName(node) || isPureUse(node)) return;
        context.report({ node, message: `This use of Date ${MESSAGE}.` });
      },
    };
  },
};

export default { meta: { name: "hedgelock" }, rules: { "no-ambient-time": noAmbientTime } };
