import { accentColours, channels } from "../colour.ts";
import { type Face, type FaceName, readFaces } from "./glyphs.ts";
import { drawableText, wrapName, wrapText, widthOf } from "./lines.ts";
import { Picture, paletteOf } from "./picture.ts";

/*
 * The picture that a chat or a forum shows where somebody posts the address of a collection: what it is called, what it
 * is, and a few facts, in the colours of the site.
 *
 *     const paint = cardPainter({ title: "Our images" });
 *     const png = paint({ namespace: "lab", name: "tool", facts: [{ value: "3", label: "tags" }] });
 */

/** The size that sites which show such pictures ask for, in pixels. */
export const CARD_SIZE = { width: 1200, height: 630 } as const;

export interface Card {
  readonly namespace: string;
  readonly name: string;
  readonly description?: string;
  /** At most four. */
  readonly facts: readonly Fact[];
}

export interface Fact {
  readonly value: string;
  readonly label: string;
}

/** What all cards of a site have in common. */
export interface CardLook {
  readonly title: string;
  /** As registry.yml has it: `#rgb` or `#rrggbb`. */
  readonly accent?: string;
  /** It has a logo of its own, and not our icon. Nobody here can draw it. */
  readonly hasLogo?: boolean;
}

/** The light colours of templates/assets/style.css: a card is one picture, whatever its reader prefers. */
const COLOURS = { page: "#ffffff", text: "#1b2326", quiet: "#55626a", accent: "#0b6b5d" };

const LEFT = 80;
const WIDTH = CARD_SIZE.width - 2 * LEFT;

/** Baselines, from the top. */
const TITLE = 100;
const NAMESPACE = 216;
const RULE = 504;
const VALUE = 556;
const LABEL = 595;

const ICON_ROOM = 74;
const LINE = 50;
const COLUMN = 272;

/**
 * A name is as large as it can be on one line, and small on two. `below` is how far its baseline is below the
 * namespace's, `line` how far the second is below the first, `gap` how far the description's is below that.
 */
const NAME_SIZES = [
  { face: "nameLarge", below: 102, line: 0, gap: 82, most: 1 },
  { face: "nameMedium", below: 84, line: 0, gap: 76, most: 1 },
  { face: "nameSmall", below: 66, line: 58, gap: 72, most: 2 },
] as const;

type Faces = Readonly<Record<FaceName, Face>>;

/** Returns what draws the cards of a site; the same card is the same bytes. */
export function cardPainter(look: CardLook): (card: Card) => Buffer {
  const { accent } = look;
  const faces = readFaces();
  const palette = paletteOf(channels(COLOURS.page), {
    text: channels(COLOURS.text),
    quiet: channels(COLOURS.quiet),
    accent: channels(accent === undefined ? COLOURS.accent : accentColours(accent).light),
  });
  const frame = new Picture(CARD_SIZE.width, CARD_SIZE.height);
  drawFrame(frame, faces, look);
  // One for all: a third of a megabyte for each would be garbage at once.
  const picture = new Picture(CARD_SIZE.width, CARD_SIZE.height);
  return (card) => {
    picture.copy(frame);
    drawWords(picture, faces, card);
    drawFacts(picture, faces, card.facts);
    return picture.toPng(palette);
  };
}

/** What every card of a site has. */
function drawFrame(frame: Picture, faces: Faces, { title, hasLogo }: CardLook): void {
  frame.fill("accent", 5, { left: 0, top: 0, width: CARD_SIZE.width, height: 14 });
  frame.fill("quiet", 1, { left: LEFT, top: RULE, width: WIDTH, height: 2 });
  if (!hasLogo) frame.write("#", faces.icon, "accent", { x: LEFT, y: TITLE + 16 });
  const x = hasLogo ? LEFT : LEFT + ICON_ROOM;
  const text = drawableText(title, faces.text);
  const [line] = text === undefined ? [] : wrapText(text, faces.text, { width: LEFT + WIDTH - x, most: 1 });
  if (line !== undefined) frame.write(line, faces.text, "quiet", { x, y: TITLE });
}

/** Namespace, name and description, lower where they are few. */
function drawWords(picture: Picture, faces: Faces, { namespace, name, description }: Card): void {
  const text = description === undefined ? undefined : drawableText(description, faces.text);
  const lines = text === undefined ? [] : wrapText(text, faces.text, { width: WIDTH, most: 2 });
  let y = NAMESPACE + (2 - lines.length) * (LINE / 2);
  const [outer = ""] = wrapName(`${namespace} /`, faces.namespace, { width: WIDTH, most: 1 });
  picture.write(outer, faces.namespace, "quiet", { x: LEFT, y });
  const size = NAME_SIZES.find(({ face, most }) => most > 1 || widthOf(name, faces[face]) <= WIDTH);
  if (!size) return;
  const nameLines = wrapName(name, faces[size.face], { width: WIDTH, most: size.most });
  y += size.below;
  for (const [index, line] of nameLines.entries()) {
    if (index > 0) y += size.line;
    picture.write(line, faces[size.face], "text", { x: LEFT, y });
  }
  for (const [index, line] of lines.entries())
    picture.write(line, faces.text, "text", { x: LEFT, y: y + size.gap + index * LINE });
}

function drawFacts(picture: Picture, faces: Faces, facts: readonly Fact[]): void {
  for (const [index, { value, label }] of facts.entries()) {
    const x = LEFT + index * COLUMN;
    const room = { width: COLUMN - 32, most: 1 };
    const [valueLine = ""] = wrapName(value, faces.fact, room);
    const [labelLine = ""] = wrapName(label, faces.label, room);
    picture.write(valueLine, faces.fact, "text", { x, y: VALUE });
    picture.write(labelLine, faces.label, "quiet", { x, y: LABEL });
  }
}
