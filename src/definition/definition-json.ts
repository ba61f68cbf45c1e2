import type { App, ParsedDefinition, Section, Stage } from "./definition.ts";

/** What `stowage inspect --json` prints of a definition file: all of it, but not where in the file it stands. */
export function definitionJson({ stages }: ParsedDefinition): object {
  return { kind: "definition", stages: stages.map(stageJson) };
}

function stageJson({ header, sections, labels, files, apps }: Stage): object {
  return { header, sections: sectionsJson(sections), labels, files, apps: mapValues(apps, appJson) };
}

function appJson({ sections, labels, files }: App): object {
  return { sections: sectionsJson(sections), labels, files };
}

function sectionsJson(sections: Readonly<Record<string, Section>>): object {
  return mapValues(sections, ({ args, script }) => ({ args, script }));
}

/** With `__proto__` as an own key, if it is one: strangers name apps. */
function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => object): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
