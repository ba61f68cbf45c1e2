/** The part of Eleventy that Stowage uses; the package ships no types. */
declare module "@11ty/eleventy" {
  export interface EleventyConfig {
    setUseGitIgnore(isUsed: boolean): void;
    setTemplateFormats(formats: readonly string[]): void;
    readonly ignores: Set<string>;
    addTemplate(path: string, content: { render(data: never): string }, data: object): void;
    on(event: "eleventy.config", listener: (config: ResolvedConfig) => void): void;
    on(event: "eleventy.after", listener: (event: { directories: { output: string } }) => void): void;
  }

  export interface ResolvedConfig {
    getConfig(): { keys: { package: string | false } };
  }

  export interface EleventyOptions {
    readonly quietMode: boolean;
    /** false: no configuration file of the working folder is run. */
    readonly configPath: false;
    /** Said here, Eleventy does not look for it in the working folder's package.json. */
    readonly loader: "esm";
    readonly dryRun: boolean;
    readonly config: (config: EleventyConfig) => void;
  }

  export class Eleventy {
    constructor(input: string, output: string, options: EleventyOptions);
    disableLogger(): void;
    init(): Promise<void>;
    write(): Promise<unknown>;
  }
}
