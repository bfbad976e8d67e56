import { describe, expect, it } from "vitest";

import { accountView, frame } from "./testing/frame.ts";
import { ASCII_GLYPHS, UNICODE_GLYPHS, glyphsFor, sparkline } from "./glyphs.ts";
import { renderView } from "./render.ts";
import { openScreen } from "./screen.ts";

const PLAIN = { colour: false, glyphs: UNICODE_GLYPHS };
const ESCAPE = "\u001b";

describe("renderView", () => {
  it("shows price, replay, accounts with their lines, hedges, events, latency and services", () => {
    expect(renderView(frame(), { columns: 130, rows: 22 }, PLAIN).join("\n")).toMatchInlineSnapshot(`
      "HedgeLock oct-2025  2025-10-10 21:14:03 UTC  ███████████████········· 62 %
      nats-server up  paper up  hedger DOWN  12,345 ticks
      ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      BTCUSDT     113,245.1   -6.9 %  █▇▆▃▁
      ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      account      LTV 0.5                        1.0 state           delta     target      hedge     hedged     bare $
      acct-001   0.620 ███████··│·····│····││·····│·· NORMAL          0.980     -0.100     -0.100     60,210     60,100
      acct-002   0.771 ████████████████····││·····│·· DANGER          0.980     -0.600     -0.550     60,210     60,100
      acct-003   0.950 ███████████████████████████│·· LIQUIDATED          -          -          -     60,210     60,100
      3 accounts: 1 NORMAL, 0 CAUTION, 1 DANGER, 0 CRITICAL, 1 liquidated, 9 fills
      ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      state      acct-002 CAUTION -> DANGER at LTV 0.7512  trace 0af76519
      fill       acct-002 -0.05 BTCUSDT at 113250, fee 3.1 USDT  trace 0af76519
      liquidated acct-003 the exchange sold the collateral
      tick -> decision p50 0.8 p99 3.1 ms (812)   tick -> fill -
      logs: /tmp/hedgelock-x/*.log   Ctrl-C stops everything"
    `);
  });

  it("shows the same in plain ASCII on a narrow terminal", () => {
    expect(renderView(frame(), { columns: 80, rows: 20 }, { colour: false, glyphs: ASCII_GLYPHS }).join("\n"))
      .toMatchInlineSnapshot(`
      "HedgeLock oct-2025  2025-10-10 21:14:03 UTC  ###############......... 62 %
      nats-server up  paper up  hedger DOWN  12,345 ticks
      --------------------------------------------------------------------------------
      BTCUSDT     113,245.1   -6.9 %  ^~~._
      --------------------------------------------------------------------------------
      account      LTV 0.5    1.0 state         delta   target    hedge hedged bare $
      acct-001   0.620 ##.|.|.|.| NORMAL        0.980   -0.100   -0.100 60,210 60,100
      acct-002   0.771 #####|.|.| DANGER        0.980   -0.600   -0.550 60,210 60,100
      acct-003   0.950 #########| LIQUIDATED        -        -        - 60,210 60,100
      3 accounts: 1 NORMAL, 0 CAUTION, 1 DANGER, 0 CRITICAL, 1 liquidated, 9 fills
      --------------------------------------------------------------------------------
      state      acct-002 CAUTION -> DANGER at LTV 0.7512  trace 0af76519
      fill       acct-002 -0.05 BTCUSDT at 113250, fee 3.1 USDT  trace 0af76519
      liquidated acct-003 the exchange sold the collateral
      tick -> decision p50 0.8 p99 3.1 ms (812)   tick -> fill -
      logs: /tmp/hedgelock-x/*.log   Ctrl-C stops everything"
    `);
  });

  it.each([
    { columns: 130, rows: 40 },
    { columns: 60, rows: 12 },
    { columns: 20, rows: 5 },
    { columns: 1, rows: 1 },
  ])("never writes outside $columns x $rows", (size) => {
    const many = Array.from({ length: 60 }, (_unused, index) => accountView({ account: `acct-${index}` }));
    const rows = renderView(frame({ accounts: many }), size, PLAIN);
    expect(rows.length).toBeLessThanOrEqual(size.rows);
    for (const row of rows) expect(Array.from(row).length).toBeLessThanOrEqual(size.columns);
  });

  it("shows the worst of many accounts, and totals of all", () => {
    const many = Array.from({ length: 60 }, (_unused, index) =>
      accountView({ account: `acct-${index}`, ltv: 0.5 + index / 200 }),
    );
    const liquidated = accountView({ account: "acct-lost", ltv: 0, liquidated: true });
    const text = renderView(frame({ accounts: [...many, liquidated] }), { columns: 120, rows: 24 }, PLAIN).join("\n");
    expect(text).toContain("acct-lost");
    expect(text).toContain("acct-59 ");
    expect(text).not.toContain("acct-0 ");
    expect(text).toContain("61 accounts: 60 NORMAL");
    expect(text).toContain("1 liquidated");
  });

  it("writes no escape sequence without colour, and some with it", () => {
    const size = { columns: 120, rows: 24 };
    expect(renderView(frame(), size, PLAIN).join("")).not.toContain(ESCAPE);
    expect(renderView(frame(), size, { ...PLAIN, colour: true }).join("")).toContain(`${ESCAPE}[`);
  });

  it("has something to show before anything is known", () => {
    const replay = { phase: "waiting", progress: 0, replayTimeMs: undefined } as const;
    const unknown = accountView({
      state: "NONE",
      ltv: undefined,
      netDelta: [],
      hedges: [],
      hedgedUsd: undefined,
      unhedgedUsd: undefined,
    });
    const text = renderView(
      frame({ replay, prices: [], recent: [], accounts: [unknown] }),
      { columns: 100, rows: 20 },
      PLAIN,
    ).join("\n");
    expect(text).toContain("waiting for the first tick");
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("glyphs", () => {
  it("draws the newest values over their own range", () => {
    expect(sparkline([9, 1, 2, 3], 3, { ...UNICODE_GLYPHS, levels: ["a", "b", "c"] })).toBe("abc");
    expect(sparkline([5, 5], 10, ASCII_GLYPHS)).toBe("__");
    expect(sparkline([], 10, ASCII_GLYPHS)).toBe("");
  });

  it("uses Unicode only where the locale does", () => {
    expect(glyphsFor({ LANG: "en_US.UTF-8" })).toBe(UNICODE_GLYPHS);
    expect(glyphsFor({ LANG: "en_US.UTF-8", LC_ALL: "C" })).toBe(ASCII_GLYPHS);
    expect(glyphsFor({})).toBe(ASCII_GLYPHS);
  });
});

describe("screen", () => {
  function terminal(): {
    readonly written: () => string;
    readonly exit: () => void;
    readonly resize: () => void;
    readonly open: () => ReturnType<typeof openScreen>;
  } {
    let text = "";
    const handlers = { exit: () => {}, resize: () => {} };
    const screen = (): ReturnType<typeof openScreen> =>
      openScreen({
        isTerminal: true,
        colour: true,
        size: () => ({ columns: 80, rows: 24 }),
        write(piece) {
          text += piece;
        },
        onResize(run) {
          handlers.resize = run;
          return () => {};
        },
        onExit(run) {
          handlers.exit = run;
          return () => {};
        },
      });
    return { written: () => text, exit: () => handlers.exit(), resize: () => handlers.resize(), open: screen };
  }
  const LEAVE = `${ESCAPE}[?25h${ESCAPE}[?1049l`;

  it("gives the terminal back once, at close or when the process exits", () => {
    const closed = terminal();
    const screen = closed.open();
    screen.close();
    screen.close();
    closed.exit();
    expect(closed.written().split(LEAVE)).toHaveLength(2);
    const exited = terminal();
    exited.open();
    exited.exit();
    expect(exited.written().endsWith(LEAVE)).toBe(true);
  });

  it("writes a frame only when it differs, and again after a resize", () => {
    const watched = terminal();
    const screen = watched.open();
    screen.draw(["one"]);
    const once = watched.written();
    screen.draw(["one"]);
    expect(watched.written()).toBe(once);
    watched.resize();
    screen.draw(["one"]);
    expect(watched.written().length).toBeGreaterThan(once.length);
  });
});
