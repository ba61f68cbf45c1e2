import { escapeHtml } from "../html.ts";
import { fileNameOf, isHttp } from "../protocols/pull-line.ts";
import type { Site } from "../protocols/site.ts";
import { type PullTarget, targetOf } from "../protocols/target.ts";
import type { Collection, Tag } from "../registry/model.ts";
import { shortNameOf } from "../registry/reference.ts";
import { commandHtml } from "./pull-view.ts";

/** How a workflow language or a scheduler is told to use an image. */
interface UseForm {
  readonly name: string;
  /** How it is run. */
  readonly run: string;
  readonly text: string;
}

/** What the forms are made of. */
interface Parts {
  readonly address: string;
  readonly fileName: string;
  /** A name that every one of the languages takes. */
  readonly word: string;
  readonly sha256: string | undefined;
}

/**
 * No mark that a shell or one of the languages takes for its own: they put an address into scripts of theirs, some
 * without quotes.
 */
const PLAIN_ADDRESS = /^(?:https?|oras):\/\/[A-Za-z0-9_./:@%+=,-]+$/;

export interface UseFormsView {
  /** Each to be unfolded. */
  readonly formsHtml: string;
  /** Whether the address says which bytes it has. */
  readonly isPinned: boolean;
}

/**
 * Short texts that use the image of a tag in Nextflow, Snakemake, CWL, Slurm and a shell. Undefined where the image has
 * no address that all of them can be given.
 */
export function useForms(collection: Collection, tag: Tag, site: Site): UseFormsView | undefined {
  const target = targetOf(collection, tag, site);
  const address = target && addressOf(target);
  if (!target || address === undefined) return undefined;
  const parts = {
    address,
    fileName: fileNameOf(target),
    word: wordOf(shortNameOf(collection.name)),
    sha256: target.image.sha256,
  };
  const forms = formsOf(parts).map(
    ({ name, run, text }) =>
      `<details><summary>${name}</summary>\n${commandHtml(text)}\n<p>Run it with <code>${escapeHtml(run)}</code></p>\n</details>\n`,
  );
  return { formsHtml: forms.join(""), isPinned: isPinned(address) };
}

/** Where the image itself lies, of which every runner makes a file: that address seldom means another image later. */
function addressOf({ image: { url } }: PullTarget): string | undefined {
  const isFetched = isHttp(url) || url.startsWith("oras://");
  return isFetched && PLAIN_ADDRESS.test(url) ? url : undefined;
}

/** Whether the digest of an image is in its address. */
function isPinned(address: string): boolean {
  return /(?:^|[^0-9a-f])[0-9a-f]{64}(?:$|[^0-9a-f])/.test(address);
}

function wordOf(name: string): string {
  const word = name.replaceAll(/[^A-Za-z0-9]/g, "_");
  return /^[A-Za-z]/.test(word) ? word : `run_${word}`;
}

function formsOf(parts: Parts): readonly UseForm[] {
  return [
    { name: "Nextflow", run: "nextflow run main.nf -with-apptainer", text: nextflow(parts) },
    {
      name: "Snakemake",
      run: "snakemake --software-deployment-method apptainer --cores 1",
      text: snakemake(parts),
    },
    { name: "CWL", run: `cwltool --singularity ${parts.word}.cwl`, text: cwl(parts) },
    { name: "Slurm", run: `sbatch ${parts.word}.sh`, text: slurm(parts) },
    { name: "Shell", run: `sh ${parts.word}.sh`, text: shell(parts) },
  ];
}

function nextflow({ address, word }: Parts): string {
  return `process ${word.toUpperCase()} {
    container '${address}'

    script:
    """
    your-command
    """
}

workflow {
    ${word.toUpperCase()}()
}`;
}

function snakemake({ address, word }: Parts): string {
  return `rule ${word}:
    output: "${word}.txt"
    container: "${address}"
    shell: "your-command > {output}"`;
}

/** That an address may stand there is cwltool's own: the specification knows names of Docker images alone. */
function cwl({ address }: Parts): string {
  return `cwlVersion: v1.2
class: CommandLineTool
hints:
  DockerRequirement:
    dockerPull: "${address}"
baseCommand: [your-command]
inputs: []
outputs: []`;
}

function slurm(parts: Parts): string {
  const { word, fileName } = parts;
  return `#!/bin/sh
#SBATCH --job-name=${word}
#SBATCH --time=01:00:00
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G

set -eu
${fetchLines(parts)}
srun apptainer exec ${fileName} your-command`;
}

function shell(parts: Parts): string {
  return `set -eu
${fetchLines(parts)}
apptainer run ${parts.fileName}`;
}

function fetchLines({ address, fileName, sha256 }: Parts): string {
  const pull = `[ -f ${fileName} ] || apptainer pull ${fileName} ${address}`;
  return sha256 === undefined ? pull : `${pull}\necho "${sha256}  ${fileName}" | sha256sum -c -`;
}
