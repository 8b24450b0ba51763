// Shows the status again whenever it changes: redrawn in place on a terminal, else one line for each change.

import { sleep } from '../../runtime/clock.ts';
import type { Access } from '../cluster-access.ts';
import { exitCodes } from '../command-failure.ts';
import { drawingOn } from '../drawing.ts';
import { paint } from '../line.ts';
import { createScreen } from '../screen.ts';
import type { Output, Surroundings } from '../surroundings.ts';
import { clean, cut } from '../text.ts';
import { changesBetween } from './changes.ts';
import { followPictures } from './follow.ts';
import { fittedPage, pageLines } from './page.ts';
import { pictureOfOne } from './picture.ts';
import type { Picture } from './picture.ts';
import { standingOf } from './standing.ts';

/** What is looked at, and until when. */
export interface WatchQuestion {
  /** All migrations when absent. */
  readonly name: string | undefined;
  /** Ends by itself when what is looked at came to its end. */
  readonly wait: boolean;
}

/** Several changes in this time are shown together; milliseconds. */
const togetherMs = 100;
/** How often times are brought up to date; milliseconds. */
const tickMs = 1000;

/** Shows until the user has had enough or, when waiting, until the end; answers the exit code. */
export async function watchStatus(question: WatchQuestion, { client }: Access, surroundings: Surroundings): Promise<number> {
  const { clock, output, stop } = surroundings;
  const bell = createBell();
  const view = output.isTerminal ? drawnView(question, surroundings) : loggedView(question, output);
  stop.addEventListener('abort', bell.ring, { once: true });
  const following = await followPictures(client, surroundings, bell.ring);
  const noResize = output.onResize(bell.ring);
  try {
    for (;;) {
      const picture = following.picture();
      view.show(picture, following.trouble());
      const code = endOf(question, picture);
      if (code !== undefined) return code;
      const noTick = clock.after(tickMs, bell.ring);
      await bell.rung;
      noTick();
      if (stop.aborted) return question.wait ? exitCodes.unanswered : exitCodes.good;
      await sleep(clock, togetherMs, stop);
      bell.reset();
    }
  } finally {
    noResize();
    view.end(following.picture());
    await following.stop();
  }
}

/** The exit code when there is nothing left to look at. */
export function endOf({ name, wait }: WatchQuestion, picture: Picture): number | undefined {
  const looked = name === undefined ? picture.migrations : picture.migrations.filter(({ metadata }) => metadata.name === name);
  if (name !== undefined && looked.length === 0) return wait ? exitCodes.attention : exitCodes.good;
  const ends = looked.map((migration) => standingOf(migration).end);
  if (!wait || ends.includes(undefined) || ends.length === 0) return undefined;
  return ends.every((end) => end === 'good') ? exitCodes.good : exitCodes.attention;
}

interface View {
  show(picture: Picture, trouble: Error | undefined): void;
  end(last: Picture): void;
}

function drawnView({ name }: WatchQuestion, { output, clock }: Surroundings): View {
  const screen = createScreen(output);
  let size = '';
  return {
    show(picture, trouble) {
      const sizeNow = `${output.columns()}x${output.rows()}`;
      if (size !== '' && size !== sizeNow) screen.forget();
      size = sizeNow;
      const options = { ...drawingOn(output), now: clock.wallMs() };
      const troubled = trouble === undefined ? [] : [cut(troubleText(trouble), options.width, options.glyphs.ellipsis)];
      // The last line of a terminal stays free for the cursor.
      const rows = output.rows() - 1 - troubled.length;
      const lines = fittedPage(picture, { name, rows }, options).map((line) => paint(line, output.colour));
      screen.draw([...lines, ...troubled]);
    },
    // What was folded to fit may scroll now.
    end(last) {
      const whole = pageLines(last, name, drawingOn(output)).map((line) => paint(line, output.colour));
      screen.end(whole);
    },
  };
}

function loggedView({ name, wait }: WatchQuestion, output: Output): View {
  let before: Picture | undefined;
  let first = '';
  let troubleBefore: string | undefined;
  const only = (picture: Picture): Picture => (name === undefined ? picture : onlyOne(picture, name));
  const whole = (picture: Picture): string =>
    pageLines(picture, name, drawingOn(output))
      .map((line) => `${paint(line, output.colour)}\n`)
      .join('');
  return {
    show(picture, trouble) {
      const text = trouble === undefined ? undefined : troubleText(trouble);
      if (text !== undefined && text !== troubleBefore) output.write(`${text}\n`);
      troubleBefore = text;
      if (before === undefined) output.write((first = whole(picture)));
      else for (const line of changesBetween(only(before), only(picture))) output.write(`${line}\n`);
      before = picture;
    },
    end(last) {
      const end = whole(last);
      if (wait && end !== first) output.write(`\n${end}`);
    },
  };
}

function onlyOne(picture: Picture, name: string): Picture {
  const one = pictureOfOne(picture, name);
  return { migrations: one === undefined ? [] : [one.migration], records: one?.records ?? [] };
}

function troubleText(trouble: Error): string {
  return clean(`This may be old, the API server does not answer: ${trouble.message}`);
}

interface Bell {
  readonly rung: Promise<void>;
  readonly ring: () => void;
  readonly reset: () => void;
}

function createBell(): Bell {
  let next = Promise.withResolvers<undefined>();
  return {
    get rung() {
      return next.promise.then(() => undefined);
    },
    ring: () => next.resolve(undefined),
    reset: () => (next = Promise.withResolvers<undefined>()),
  };
}
