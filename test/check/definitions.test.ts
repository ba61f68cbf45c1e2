import { describe, expect, test } from "vitest";
import type { FindingCode } from "../../src/finding.ts";
import { DEFINITION, type Files, record2 } from "../support/registry.ts";
import { TAGS, checkFiles } from "./support.ts";

const FILE = `${TAGS}/1.0/Singularity`;
const CODES: readonly FindingCode[] = ["bad-definition", "unpinned-base", "end-of-life-base"];

const check = (text: string, more: Files = {}, today?: string) =>
  checkFiles({ [FILE]: text, ...more }, CODES, today === undefined ? {} : { today });

const baseOf = (from: string, bootstrap = "docker") => `Bootstrap: ${bootstrap}\nFrom: ${from}\n`;

describe("a definition file", () => {
  test("that apptainer would refuse is told of, with the line", () => {
    expect(check("Bootstrap: docker\nFrom: busybox:1.36\nFrobnicate: yes\n")).toEqual([
      {
        code: "bad-definition",
        file: FILE,
        line: 3,
        args: { reason: expect.stringContaining("frobnicate") as string },
      },
    ]);
    expect(check("FROM busybox:1.36\nRUN true\n")).toMatchObject([{ code: "bad-definition", line: 1 }]);
    expect(check("")).toMatchObject([{ code: "bad-definition", line: 1 }]);
  });

  test.each([
    ["it is fine", DEFINITION, {}],
    ["a script may use it as it likes", "", { [`${TAGS}/1.0/build.sh`]: "#!/bin/sh\n" }],
    ["it is frozen", "", { [`${TAGS}/1.0/.frozen`]: "" }],
  ])("is not told of where %s", (_, text, more) => {
    expect(check(text, more)).toEqual([]);
  });

  test("of a frozen tag may begin with anything: it is never built again", () => {
    const more = { [`${TAGS}/1.0/.frozen`]: "", [`${TAGS}/1.0/README.md`]: record2() };
    expect(check(baseOf("ubuntu:16.04"), more)).toEqual([]);
    expect(check(baseOf("ubuntu"), more)).toEqual([]);
  });
});

describe("a base that may be another tomorrow", () => {
  test("is told of in every stage", () => {
    const text = `${baseOf("golang:1.24")}Stage: build\n\n%post\n    true\n\nBootstrap: docker\nFrom: busybox\n%files from build\n    /a /b\n`;
    expect(check(text)).toEqual([{ code: "unpinned-base", file: FILE, line: 9, args: { base: "busybox" } }]);
  });

  test.each([
    ["docker", "busybox:latest"],
    ["docker", "localhost:5000/tool"],
    ["docker", "docker.io/library/debian:stable-slim"],
    ["docker", "alpine:edge"],
    ["docker", "docker://debian:unstable"],
    ["docker", "nginx:Mainline-alpine"],
    ["Docker", "node:lts"],
    ["docker-daemon", "tool:latest"],
    ["library", "sylabs/examples/lolcow"],
    ["library", "library://alpine:latest"],
    ["oras", "registry.example.org/lab/tool:rolling"],
    ["shub", "vsoch/hello-world"],
  ])("from %s: %s", (bootstrap, from) => {
    expect(check(baseOf(from, bootstrap))).toMatchObject([{ code: "unpinned-base", line: 2 }]);
  });

  test.each([
    ["docker", "busybox:1.36"],
    ["docker", `busybox@sha256:${"0".repeat(64)}`],
    ["docker", `busybox:latest@sha256:${"0".repeat(64)}`],
    ["docker", "localhost:5000/tool:1.0"],
    ["docker", "tool:stable-2024.1"],
    ["docker", "tool:edgecase"],
    ["docker", "tool:{{ VERSION }}"],
    ["docker", "{{ BASE }}"],
    ["docker-daemon", `sha256:${"0".repeat(64)}`],
    ["library", `lab/tool/tool:sha256.${"0".repeat(64)}`],
    ["shub", "vsoch/hello-world@3bac21df631874e3cbb3f0cf6fc9af1898f4cc3d"],
    ["localimage", "base.sif"],
    ["docker-archive", "base.tar"],
    ["oci", "/srv/layout:latest"],
  ])("not from %s: %s", (bootstrap, from) => {
    expect(check(baseOf(from, bootstrap))).toEqual([]);
  });

  test("is seen behind a variable with a default", () => {
    const text = "Bootstrap: docker\nFrom: busybox:{{ VERSION }}\n\n%arguments\n    VERSION=latest\n";
    expect(check(text)).toMatchObject([{ code: "unpinned-base", args: { base: "busybox:latest" } }]);
  });
});

describe("a base without updates", () => {
  test.each([
    ["ubuntu:16.04", "Ubuntu 16.04", "2021-04-30"],
    ["ubuntu:xenial-20210114", "Ubuntu 16.04", "2021-04-30"],
    ["docker.io/library/ubuntu:18.04", "Ubuntu 18.04", "2023-05-31"],
    ["ubuntu:18.04@sha256:00", "Ubuntu 18.04", "2023-05-31"],
    ["public.ecr.aws/docker/library/ubuntu:focal", "Ubuntu 20.04", "2025-05-29"],
    ["localhost/ubuntu:18.04", "Ubuntu 18.04", "2023-05-31"],
    ["debian:stretch-slim", "Debian 9", "2022-06-30"],
    ["debian:10.3", "Debian 10", "2024-06-30"],
    ["quay.io/centos/centos:stream8", "CentOS stream8", "2024-05-31"],
    ["centos:7.9.2009", "CentOS 7", "2024-06-30"],
    ["fedora:33", "Fedora 33", "2021-11-30"],
    ["alpine:3.12.1", "Alpine Linux 3.12", "2022-05-01"],
    ["opensuse/leap:15.2", "openSUSE Leap 15.2", "2022-01-04"],
    ["python:3.6-slim", "Python 3.6", "2021-12-23"],
    ["python:3.13-buster", "Debian 10", "2024-06-30"],
    ["python:3.9-alpine3.12", "Alpine Linux 3.12", "2022-05-01"],
    ["node:12", "Node.js 12", "2022-04-30"],
    ["nvidia/cuda:11.0-base-ubuntu18.04", "Ubuntu 18.04", "2023-05-31"],
    ["nvidia/cuda:11.0-devel-centos7", "CentOS 7", "2024-06-30"],
    ["lab/tool:2.0_ubuntu-16.04", "Ubuntu 16.04", "2021-04-30"],
  ])("%s is told of", (from, release, date) => {
    const args = { base: from, release, date };
    expect(check(baseOf(from))).toEqual([{ code: "end-of-life-base", file: FILE, line: 2, args }]);
  });

  test.each([
    "ubuntu:24.04",
    "ubuntu:22.04",
    "ubuntu:99.04",
    "debian:12-slim",
    "debian:bookworm",
    "rockylinux:8.5",
    "almalinux:9",
    "alpine:3.22",
    "python:3.13-trixie",
    "python:3-slim",
    "node:22-alpine",
    "nvidia/cuda:12.6.0-base-ubuntu24.04",
    "lab/ubuntu16.04:1.0",
    "lab/tool:16.04",
    "archlinux:base-20240101.0.204074",
    "lab/alpinefold:2.3",
  ])("%s is not", (from) => {
    expect(check(baseOf(from))).toEqual([]);
  });

  test("is told of from library:// and debootstrap, too", () => {
    expect(check(baseOf("ubuntu:18.04", "library"))).toMatchObject([{ code: "end-of-life-base" }]);
    expect(check(baseOf("library://library/default/ubuntu:18.04", "library"))).toHaveLength(1);
    const debootstrap = (release: string) =>
      check(`Bootstrap: debootstrap\nMirrorURL: http://mirror.example.org/ubuntu/\nOSVersion: ${release}\n`);
    expect(debootstrap("xenial")).toEqual([
      {
        code: "end-of-life-base",
        file: FILE,
        line: 3,
        args: { base: "xenial", release: "Ubuntu 16.04", date: "2021-04-30" },
      },
    ]);
    expect(debootstrap("noble")).toEqual([]);
  });

  test("gets them on its last day", () => {
    expect(check(baseOf("ubuntu:18.04"), {}, "2023-05-31")).toEqual([]);
    expect(check(baseOf("ubuntu:18.04"), {}, "2023-06-01")).toHaveLength(1);
  });

  test("takes no longer to find in a tag that is made to take long", () => {
    const long = `${"ubuntu-".repeat(20_000)}${"1.".repeat(20_000)}`;
    const start = performance.now();
    check(baseOf(`lab/tool:${long}`));
    check(baseOf(`ubuntu:${"1.".repeat(200_000)}`));
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
