import { createWriteStream, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { makeTemporaryFolder } from "../build/temporary-folder.ts";
import { StowageError } from "../errors.ts";
import type { Published } from "../publish/destination.ts";
import { recordFiles, requireRecordPlace } from "../publish/record-files.ts";
import { sourceOf } from "../publish/source.ts";
import { type StoragePlace, recordImage, storeImage } from "../publish/store-image.ts";
import type { ImageRecord } from "../registry/model.ts";
import { type Reference, formatReference, parseReference } from "../registry/reference.ts";
import { jsonOption, quietOption, rootOption, treeOption } from "./options.ts";
import { Progress } from "./progress.ts";
import {
  type PublishingOptions,
  destinationOf,
  openRegistry,
  printArrival,
  publishingOptions,
  showUpload,
  withStorage,
} from "./publishing.ts";

interface Options extends PublishingOptions {
  readonly url?: string;
}

export function pushCommand(): Command {
  const command = new Command("push")
    .description("store an image that was built anywhere, and write its record")
    .argument("<image>", "the image's file (with --url: the reference)")
    .argument("[ref]", "namespace/name:tag")
    .option("--url <url>", "the image lies there already: only measure and record it")
    .addOption(rootOption())
    .addOption(treeOption());
  for (const option of publishingOptions()) command.addOption(option);
  return command
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage push greeting.sif vanessa/greeting:latest\n  $ stowage push vanessa/greeting:1.0 --url https://storage.example.org/greeting.sif --pr",
    )
    .action(runPush);
}

async function runPush(first: string, second: string | undefined, options: Options): Promise<void> {
  const { image, reference } = argumentsOf(first, second, options);
  const { registry, tree } = openRegistry(options);
  const destination = destinationOf(options, tree, registry);
  requireRecordPlace(tree, reference);
  const task = { reference, tree, options };
  const arrive = async (published: Published) =>
    printArrival([published], await destination([published]), options);
  if (image === undefined) return arrive(await recordRemote(task));
  await withStorage(registry, options, async (place) => arrive(await storeLocal(image, task, place)));
}

function argumentsOf(
  first: string,
  second: string | undefined,
  { url }: Options,
): { readonly image?: string; readonly reference: Reference } {
  if (url === undefined && second !== undefined) return { image: first, reference: parseReference(second) };
  if (url !== undefined && second === undefined) return { reference: parseReference(first) };
  throw new StowageError(
    "usage",
    url === undefined
      ? "expected an image's file and a reference: stowage push greeting.sif vanessa/greeting:latest"
      : "with --url expected a reference alone: stowage push vanessa/greeting:latest --url https://…",
  );
}

interface Task {
  readonly reference: Reference;
  readonly tree: string;
  readonly options: Options;
}

async function storeLocal(
  image: string,
  { reference, tree, options: { quiet } }: Task,
  place: StoragePlace,
): Promise<Published> {
  const progress = new Progress(process.stderr, { isQuiet: quiet ?? false });
  const onProgress = showUpload(progress, formatReference(reference));
  const candidate = { reference, image, facts: facts() };
  const { record, files } = await storeImage(candidate, place, onProgress);
  progress.clear();
  return { reference, record, files: [...recordFiles({ tree, reference, record }), ...files] };
}

/** Fetches the image to measure it; the copy is thrown away. */
async function recordRemote({ reference, tree, options }: Task): Promise<Published> {
  const { url = "", quiet } = options;
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(url))
    throw new StowageError("usage", "--url has a password in it, which the record would tell everybody");
  const { fetchImage } = await import("../storage/remote-image.ts");
  const progress = new Progress(process.stderr, { isQuiet: quiet ?? false });
  progress.show(`fetching ${formatReference(reference)}`);
  const folder = makeTemporaryFolder(process.env);
  try {
    const image = join(folder, "image.sif");
    await pipeline(fetchImage(url), createWriteStream(image, { flags: "wx" }));
    const record = await recordImage({ reference, image, facts: facts() }, url);
    return { reference, record, files: recordFiles({ tree, reference, record }) };
  } finally {
    progress.clear();
    rmSync(folder, { recursive: true, force: true });
  }
}

function facts(): Pick<ImageRecord, "source"> {
  const source = sourceOf(process.env);
  return source ? { source } : {};
}
