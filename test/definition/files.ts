/*
 * Definition files that apptainer 1.4 takes and refuses. test/definition/files.test.ts holds our parser to them, and
 * test/clients/definition.test.ts the real program. What is taken has a base that nobody can pull, so that a build ends
 * at once.
 */

const HEADER = "Bootstrap: docker\nFrom: x\n";

/** A header or section of so many bytes that begins like this. */
function longText(bytes: number, before: string): string {
  return `${before}${"a".repeat(bytes - before.length - 1)}\n`;
}

const BUFFER = 64 * 1024;

/** By what is special about each. */
export const ACCEPTED: Readonly<Record<string, string>> = {
  "keys in capitals": "BOOTSTRAP: docker\nFROM: x\n",
  "keys in small letters, without a space": "bootstrap:docker\nfrom:x\n",
  "spaces around a key": "  Bootstrap : docker\n\tFrom\t:\tx\n",
  "a value with colons": "Bootstrap: docker\nFrom: localhost:1/x:latest\n",
  "a comment after a value": "Bootstrap: docker # not oras\nFrom: x\n",
  "comments and empty lines in a header": "# first\n\nBootstrap: docker\n\n  # second\nFrom: x\n",
  "the same key twice": "Bootstrap: docker\nFrom: y\nFrom: x\n",
  "every key of a header":
    "Bootstrap: carrier-pigeon\nFrom: x\nInclude: a\nIncludeCmd: yes\nMirrorURL: a\nUpdateURL: a\nOSVersion: 9\nLibrary: a\nRegistry: a\nNamespace: a\nStage: a\nProduct: a\nUser: a\nRegCode: a\nProductPGP: a\nRegisterURL: a\nModules: a\nOtherURL1: a\nOtherURL23: a\nFingerprints: a\nConfURL: a\nSetopt: a\n",
  "a key without a value": "Bootstrap: docker\nFrom: x\nInclude:\n",
  "a value that a backslash continues": "Bootstrap: docker\nFrom: x\nInclude: a \\\n  b \\\n  c\n",
  "a backslash in a header's last line": "Bootstrap: docker\nFrom: x\nInclude: a \\\n",
  "a backslash in a header's last line, after an unknown key":
    "Bootstrap: docker\nFrom: x\nFoo: a\\\n%post\n",
  "a backslash in a header's last line, above an empty one":
    "Bootstrap: docker\nFrom: x\nInclude: a \\\n\n%post\n",
  "lines of other white space": "Bootstrap: docker\n\u0085\n\u2003\u3000\u00a0\u1680\nFrom: x\n",
  "another key after a lone backslash": "Bootstrap: docker\nInclude: \\\nFrom: x\n",
  "a header and nothing else": HEADER,
  "no line break at the end": "Bootstrap: docker\nFrom: x",
  "lines that end in CRLF": "Bootstrap: docker\r\nFrom: x\r\n%post\r\n    true\r\n",
  "an unknown bootstrap agent": "Bootstrap: carrier-pigeon\nFrom: x\n",
  "no header": "%post\n    true\n",
  "only a comment above the first section": "# mine\n%post\n    true\n",
  "an indented first section where nothing is above it": "  %post\n    true\n",
  "arguments of a section and nothing else": "# mine\n%post -e\n",
  "a key above Bootstrap": "From: x\nBootstrap: docker\n",
  "every section": `${HEADER}%help\n%setup\n%files\n%labels\n%environment\n%pre\n%post\n%runscript\n%startscript\n%test\n%arguments\n`,
  "sections in any case": `${HEADER}%Post\n    true\n%RUNSCRIPT\n    true\n`,
  "a capital I with a dot": `${HEADER}%F\u0130LES\n    a b\n`,
  "a section with arguments": `${HEADER}%post -c /bin/bash\n    true\n`,
  "a section that repeats": `${HEADER}%post\n    true\n%post\n    false\n`,
  "more than one percent sign": `${HEADER}%%post\n    true\n`,
  "an empty section": `${HEADER}%post\n%test\n`,
  "a percent sign inside of a line": `${HEADER}%post\n    date +%s\n    echo %post\n`,
  "every section of an app": `${HEADER}%appinstall a\n%applabels a\n%appfiles a\n%appenv a\n%apptest a\n%apphelp a\n%apprun a\n%appstart a\n`,
  "an app's name and more": `${HEADER}%apphelp a b c\n    text\n`,
  "an app whose name is empty": `${HEADER}%apprun \n    true\n`,
  "two spaces before an app's name": `${HEADER}%apprun  a\n    true\n`,
  "quoted file names": `${HEADER}%files\n    "a b" "/c d"\n    'a b' c\n    "a" b "\n`,
  "empty file names": `${HEADER}%files\n    ""\n    '\n`,
  "files from a stage": `Bootstrap: docker\nFrom: x\nStage: one\nBootstrap: docker\nFrom: x\n%files from one\n    /a /b\n`,
  "labels without values": `${HEADER}%labels\n    a\n    # b\n`,
  "Bootstrap in the middle of a script": `${HEADER}%post\n    cat <<END\nBootstrap: docker\nFrom: x\n`,
  "Bootstrap in a script, with a space": `${HEADER}%post\nBootstrap : docker\n Bootstrap: docker\n`,
  "two stages": `${HEADER}%post\n    true\n${HEADER}%post\n    true\n`,
  "a comment above the first stage": `# mine\n${HEADER}`,
  "a variable with a default": "Bootstrap: docker\nFrom: {{ BASE }}\n%arguments\n    BASE=x\n",
  "a variable without a default": `${HEADER}%post\n    echo {{ NAME }}\n`,
  "a variable in a file name": `${HEADER}%files\n    /a/{{ NAME }}/b {{ NAME }}\n%arguments\n    NAME = "n"\n`,
  "arguments that are none": `${HEADER}%arguments\n    a b\n    =c\n`,
  "a section of 64 KiB with the line after it": `${HEADER}${longText(BUFFER - "%test\n".length, "%post\n")}%test\n`,
  "a last section of one byte less than 64 KiB": `${HEADER}${longText(BUFFER - 1, "%post\n")}`,
  "many sections of less than 64 KiB": HEADER + longText(60_000, "%post\n").repeat(3),
};

/** By what is special about each: the text, and the line where that is. */
export const REFUSED: Readonly<Record<string, readonly [text: string, line: number]>> = {
  nothing: ["", 1],
  "nothing but spaces": ["  \n\t\n\n", 1],
  "nothing but comments": ["# one\n# two\n", 1],
  "a section without anything, and no header": ["# one\n%post\n%test\n", 1],
  "labels that are none, and no header": ["# one\n%labels\n    # none\n", 1],
  "an unknown section": [`${HEADER}%porst\n    true\n`, 3],
  "an unknown section after others": [`${HEADER}%post\n    true\n\n%labels\n    a b\n%installs\n`, 8],
  "an unknown section in a second stage": [`${HEADER}%post\n${HEADER}%porst\n`, 6],
  "an indented section": [`${HEADER}  %post\n    true\n`, 3],
  "a section indented with a tab": [`${HEADER}\t%post\n    true\n`, 3],
  "a section indented with a no-break space": [`${HEADER}\u00a0%post\n    true\n`, 3],
  "an indented first section below an empty line": ["\n  %post\n    true\n", 2],
  "a line of a script that begins with a percent sign": [
    `${HEADER}%post\n    cat <<END\n    %include x\n    END\n`,
    5,
  ],
  "a tab after a section's name": [`${HEADER}%post\t-c /bin/bash\n    true\n`, 3],
  "a tab after a section's name, and nothing above it": ["%post\t\n    true\n", 1],
  "a lone percent sign": [`${HEADER}%\n    true\n`, 3],
  "a space after the percent sign": [`${HEADER}% post\n    true\n`, 3],
  "an app's section without a name": [`${HEADER}%post\n    true\n%apprun\n    true\n`, 5],
  "an app's section in capitals": [`${HEADER}%AppRun a\n    true\n`, 3],
  "an unknown section of an app": [`${HEADER}%appsetup a\n    true\n`, 3],
  "a header's line without a colon": ["Bootstrap: docker\n\n# From\nFrom x\n", 4],
  "a colon in a comment only": ["Bootstrap: docker\nFrom # is: x\n", 2],
  "an unknown key": ["Bootstrap: docker\nFrom: x\nMaintainer: me\n", 3],
  "a numbered key without its number": ["Bootstrap: docker\nFrom: x\nOtherURL: a\n", 3],
  "a byte order mark": [`\ufeff${HEADER}`, 1],
  "a key in a script's place": ["Bootstrap: docker\nFrom: x\n    apt-get update\n", 3],
  "a long s in Bootstrap, in a script": [`${HEADER}%post\nBoot\u017ftrap: x\n`, 4],
  "the rest of a script after Bootstrap in its middle": [
    `${HEADER}%post\n    cat <<END\nBootstrap: docker\nFrom: x\nEND\n`,
    7,
  ],
  "a backslash before an empty line": ["Bootstrap: docker\nFrom: x\\\n\nInclude: a\n", 2],
  "a backslash before a comment": ["Bootstrap: docker\nFrom: x\\\n# y\n", 2],
  "a lone backslash before another value": ["Bootstrap: docker\nFrom: \\\nx\n", 3],
  "a lone backslash, a key, and an empty line": ["Bootstrap: docker\nFrom: \\\nFrom: x\n\nInclude: a\n", 2],
  "an empty first section where nothing is above it": ["%post\n\n%test\n    true\n", 1],
  "an empty first section above Bootstrap": [`%post\n\n${HEADER}`, 1],
  "a lone quote for a file name": [`${HEADER}%files\n    a b\n    "\n`, 5],
  "a section of more than 64 KiB with the line after it": [
    `${HEADER}${longText(BUFFER - "%test\n".length + 1, "%post\n")}%test\n`,
    3,
  ],
  "a last section of 64 KiB": [`${HEADER}${longText(BUFFER, "%post\n")}`, 3],
  "a section of 64 KiB of bytes, though not of characters": [
    `${HEADER}%post\n${"é".repeat(40_000)}\n%test\n`,
    3,
  ],
  "a header of more than 64 KiB": [longText(70_000, `${HEADER}# `), 1],
};
