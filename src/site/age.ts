/** How old something is, in steps, of which each has a colour and words: `week`s would be too fine for images. */
interface Step {
  readonly className: string;
  readonly words: string;
  /** In days. */
  readonly most: number;
}

const STEPS: readonly Step[] = [
  { className: "age-0", words: "up to a month", most: 31 },
  { className: "age-1", words: "up to half a year", most: 183 },
  { className: "age-2", words: "up to a year", most: 365 },
  { className: "age-3", words: "up to three years", most: 1096 },
  { className: "age-4", words: "older", most: Infinity },
];
const UNKNOWN = { className: "age-unknown", words: "not known" };

/** The class that gives an age, in days, its colour. */
export function ageClass(age: number | undefined): string {
  return stepOf(age).className;
}

/** An age in words, as the legend has them. */
export function ageWords(age: number | undefined): string {
  return stepOf(age).words;
}

function stepOf(age: number | undefined): Pick<Step, "className" | "words"> {
  return (age === undefined ? undefined : STEPS.find(({ most }) => age <= most)) ?? UNKNOWN;
}

/** What the colours of some ages mean: those that are there, youngest first. */
export function ageLegend(
  ages: readonly (number | undefined)[],
): readonly Pick<Step, "className" | "words">[] {
  const used = new Set(ages.map(ageClass));
  return [...STEPS, UNKNOWN].filter(({ className }) => used.has(className));
}
