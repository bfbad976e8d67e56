/**
 * The page at `/`: prices, accounts, open orders and faults, refreshed every second from the administrator's interface.
 * Everything shown is put in as text, never as markup.
 */
export const STATUS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HedgeLock paper exchange</title>
<style>
  body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color-scheme: light dark; }
  h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; }
  #state { color: #888; }
</style>
</head>
<body>
<h1>HedgeLock paper exchange</h1>
<p id="state" role="status">connecting</p>
<h2>Prices</h2><table id="prices"></table>
<h2>Accounts</h2><table id="accounts"></table>
<h2>Open orders</h2><table id="orders"></table>
<h2>Faults</h2><table id="faults"></table>
<script>
const OPEN = ["New", "PartiallyFilled", "Untriggered"];
function fill(id, head, rows) {
  const table = document.getElementById(id);
  table.replaceChildren();
  const add = (tag, cells) => {
    const row = table.insertRow();
    for (const cell of cells) {
      const box = document.createElement(tag);
      box.textContent = cell ?? "";
      row.append(box);
    }
  };
  add("th", head);
  for (const row of rows) add("td", row);
  if (rows.length === 0) add("td", ["none"]);
}
const amounts = (held) => Object.entries(held ?? {}).map(([coin, amount]) => amount + " " + coin).join(", ");
const get = async (path) => (await fetch(path)).json();
async function refresh() {
  try {
    const [status, accounts, orders, faults] = await Promise.all(
      ["status", "accounts", "orders", "faults"].map((name) => get("/sim/" + name)));
    document.getElementById("state").textContent = status.state + ", step " + status.stepsDone + " of " +
      status.stepsTotal + ", recorded time " + new Date(status.replayTimeMs).toISOString();
    fill("prices", ["symbol", "mark"], Object.entries(status.symbols).map(([symbol, { mark }]) => [symbol, mark]));
    fill("accounts", ["account", "uid", "unified", "funding", "loan LTV", "debt", "collateral", "positions"],
      accounts.accounts.map((one) => [one.account, one.uid, amounts(one.wallet), amounts(one.fund),
        one.loan.ltv, amounts(one.loan.debt), amounts(one.loan.collateral),
        one.positions.filter(({ size }) => size !== "0")
          .map(({ side, size, symbol }) => side + " " + size + " " + symbol).join(", ")]));
    fill("orders", ["account", "symbol", "side", "price", "quantity", "filled", "status", "link id"],
      orders.orders.filter(({ orderStatus }) => OPEN.includes(orderStatus)).slice(-200).map((one) => [one.account,
        one.category + " " + one.symbol, one.side, one.price, one.qty, one.cumExecQty, one.orderStatus, one.orderLinkId]));
    fill("faults", ["id", "kind", "seen", "struck"],
      faults.faults.map(({ id, kind, seen, applied }) => [id, kind, seen, applied]));
  } catch (error) {
    document.getElementById("state").textContent = "the exchange does not answer: " + error.message;
  }
  setTimeout(refresh, 1000);
}
refresh();
</script>
</body>
</html>
`;
