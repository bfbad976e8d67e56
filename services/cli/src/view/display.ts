import type { Timers } from "@hedgelock/runtime";

import type { Terminal } from "../cli/command.ts";
import { formatLine } from "../feed/event-line.ts";
import type { EventLine } from "../feed/event-line.ts";
import type { LiveModel } from "../feed/live-model.ts";
import type { Glyphs } from "./glyphs.ts";
import { renderView } from "./render.ts";
import type { ViewFrame } from "./render.ts";
import { openScreen } from "./screen.ts";

/** Where the run is shown while it goes on. */
export interface Display {
  /** Something happened. */
  event(line: EventLine): void;
  /** Ends it and gives the terminal back. Safe to call more than once. */
  close(): void;
}

const FRAME_MS = 125;
/** The sparkline gets a new point this often. */
const SAMPLE_MS = 500;

/** One line per event, as it happens. */
export function lineDisplay(terminal: Terminal, sinceStartMs: () => number): Display {
  return {
    event(line) {
      terminal.write(`${formatLine(line, sinceStartMs())}\n`);
    },
    close() {},
  };
}

/** The whole screen, redrawn a few times a second. */
export function liveDisplay(deps: {
  readonly terminal: Terminal;
  readonly timers: Timers;
  readonly model: LiveModel;
  readonly glyphs: Glyphs;
  /** Everything on the screen but the live state. */
  readonly frame: () => Omit<ViewFrame, "state">;
}): Display {
  const { terminal, timers, model, glyphs } = deps;
  const screen = openScreen(terminal);
  const draw = (): void => {
    const size = terminal.size();
    screen.draw(renderView({ ...deps.frame(), state: model.snapshot() }, size, { colour: terminal.colour, glyphs }));
  };
  const cancels = [timers.every(FRAME_MS, draw), timers.every(SAMPLE_MS, () => model.sample())];
  draw();
  return {
    // The model keeps the newest lines itself; remarks of the program join them.
    event(line) {
      if (line.word === "progress") return;
      if (line.account === "" || line.word === "liquidated") model.event(line);
    },
    close() {
      for (const cancel of cancels) cancel();
      screen.close();
    },
  };
}
