import type { Terminal } from "../cli/command.ts";

const ESCAPE = "\u001b[";
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}2J`;
const LEAVE = `${ESCAPE}?25h${ESCAPE}?1049l`;
/** Synchronised update: terminals that know it show the frame at once, others ignore it. */
const BEGIN_FRAME = `${ESCAPE}?2026h${ESCAPE}H`;
const END_FRAME = `${ESCAPE}J${ESCAPE}?2026l`;

/** The alternate screen of a terminal, redrawn in place. */
export interface Screen {
  draw(rows: readonly string[]): void;
  /** Gives the terminal back as it was. Safe to call more than once. */
  close(): void;
}

/** Takes over the terminal; it is given back by `close` and, should that never be reached, when the process exits. */
export function openScreen(terminal: Terminal): Screen {
  let open = true;
  let drawn = "";
  const close = (): void => {
    if (!open) return;
    open = false;
    terminal.write(LEAVE);
    cancelExit();
    cancelResize();
  };
  const cancelExit = terminal.onExit(close);
  // After a resize what stands on the screen is not what was drawn.
  const cancelResize = terminal.onResize(() => {
    drawn = "";
    if (open) terminal.write(`${ESCAPE}2J`);
  });
  terminal.write(ENTER);
  return {
    draw(rows) {
      const frame = rows.map((row) => `${row}${ESCAPE}K`).join("\r\n");
      if (!open || frame === drawn) return;
      drawn = frame;
      terminal.write(BEGIN_FRAME + frame + END_FRAME);
    },
    close,
  };
}
