/** Something with releases that end. */
export interface Product {
  readonly title: string;
  /** What its images are called. */
  readonly images: readonly string[];
  /** What other images' tags call it, with a version behind: `ubuntu18.04`. */
  readonly word?: string;
  /** The last day (ISO) of free public updates, by version. Where only a month was announced, its last day. */
  readonly releases: ReadonlyMap<string, string>;
  /** Versions by what they are called. */
  readonly codenames?: ReadonlyMap<string, string>;
}

const UBUNTU: Product = {
  title: "Ubuntu",
  images: ["ubuntu"],
  word: "ubuntu",
  releases: new Map([
    ["12.04", "2017-04-28"],
    ["12.10", "2014-05-16"],
    ["13.04", "2014-01-27"],
    ["13.10", "2014-07-17"],
    ["14.04", "2019-04-25"],
    ["14.10", "2015-07-23"],
    ["15.04", "2016-02-04"],
    ["15.10", "2016-07-28"],
    ["16.04", "2021-04-30"],
    ["16.10", "2017-07-20"],
    ["17.04", "2018-01-13"],
    ["17.10", "2018-07-19"],
    ["18.04", "2023-05-31"],
    ["18.10", "2019-07-18"],
    ["19.04", "2020-01-23"],
    ["19.10", "2020-07-17"],
    ["20.04", "2025-05-29"],
    ["20.10", "2021-07-22"],
    ["21.04", "2022-01-20"],
    ["21.10", "2022-07-14"],
    ["22.04", "2027-06-01"],
    ["22.10", "2023-07-20"],
    ["23.04", "2024-01-25"],
    ["23.10", "2024-07-11"],
    ["24.04", "2029-05-31"],
    ["24.10", "2025-07-10"],
    ["25.04", "2026-01-15"],
    ["25.10", "2026-07-09"],
    ["26.04", "2031-05-29"],
  ]),
  codenames: new Map([
    ["precise", "12.04"],
    ["quantal", "12.10"],
    ["raring", "13.04"],
    ["saucy", "13.10"],
    ["trusty", "14.04"],
    ["utopic", "14.10"],
    ["vivid", "15.04"],
    ["wily", "15.10"],
    ["xenial", "16.04"],
    ["yakkety", "16.10"],
    ["zesty", "17.04"],
    ["artful", "17.10"],
    ["bionic", "18.04"],
    ["cosmic", "18.10"],
    ["disco", "19.04"],
    ["eoan", "19.10"],
    ["focal", "20.04"],
    ["groovy", "20.10"],
    ["hirsute", "21.04"],
    ["impish", "21.10"],
    ["jammy", "22.04"],
    ["kinetic", "22.10"],
    ["lunar", "23.04"],
    ["mantic", "23.10"],
    ["noble", "24.04"],
    ["oracular", "24.10"],
    ["plucky", "25.04"],
    ["questing", "25.10"],
    ["resolute", "26.04"],
  ]),
};

/** With its years of long-term support, which are free, too. */
const DEBIAN: Product = {
  title: "Debian",
  images: ["debian", "debian/eol", "debian/debian"],
  word: "debian",
  releases: new Map([
    ["6", "2016-02-29"],
    ["7", "2018-05-31"],
    ["8", "2020-06-30"],
    ["9", "2022-06-30"],
    ["10", "2024-06-30"],
    ["11", "2026-08-31"],
    ["12", "2028-06-30"],
    ["13", "2030-06-30"],
  ]),
  codenames: new Map([
    ["squeeze", "6"],
    ["wheezy", "7"],
    ["jessie", "8"],
    ["stretch", "9"],
    ["buster", "10"],
    ["bullseye", "11"],
    ["bookworm", "12"],
    ["trixie", "13"],
  ]),
};

const CENTOS: Product = {
  title: "CentOS",
  images: ["centos", "centos/centos"],
  word: "centos",
  releases: new Map([
    ["5", "2017-03-31"],
    ["6", "2020-11-30"],
    ["7", "2024-06-30"],
    ["8", "2021-12-31"],
    ["stream8", "2024-05-31"],
    ["stream9", "2027-05-31"],
  ]),
};

const ROCKY: Product = {
  title: "Rocky Linux",
  images: ["rockylinux", "rockylinux/rockylinux"],
  word: "rockylinux",
  releases: new Map([
    ["8", "2029-05-31"],
    ["9", "2032-05-31"],
  ]),
};

const ALMA: Product = {
  title: "AlmaLinux",
  images: ["almalinux", "almalinux/almalinux"],
  word: "almalinux",
  releases: new Map([
    ["8", "2029-03-01"],
    ["9", "2032-05-31"],
  ]),
};

const FEDORA: Product = {
  title: "Fedora",
  images: ["fedora", "fedora/fedora"],
  word: "fedora",
  releases: new Map([
    ["28", "2019-05-28"],
    ["29", "2019-11-26"],
    ["30", "2020-05-26"],
    ["31", "2020-11-24"],
    ["32", "2021-05-25"],
    ["33", "2021-11-30"],
    ["34", "2022-06-07"],
    ["35", "2022-12-13"],
    ["36", "2023-05-16"],
    ["37", "2023-12-05"],
    ["38", "2024-05-21"],
    ["39", "2024-11-26"],
    ["40", "2025-05-13"],
    ["41", "2025-12-15"],
    ["42", "2026-05-13"],
  ]),
};

const ALPINE: Product = {
  title: "Alpine Linux",
  images: ["alpine"],
  word: "alpine",
  releases: new Map([
    ["3.4", "2018-05-01"],
    ["3.5", "2018-11-01"],
    ["3.6", "2019-05-01"],
    ["3.7", "2019-11-01"],
    ["3.8", "2020-05-01"],
    ["3.9", "2020-11-01"],
    ["3.10", "2021-05-01"],
    ["3.11", "2021-11-01"],
    ["3.12", "2022-05-01"],
    ["3.13", "2022-11-01"],
    ["3.14", "2023-05-01"],
    ["3.15", "2023-11-01"],
    ["3.16", "2024-05-23"],
    ["3.17", "2024-11-22"],
    ["3.18", "2025-05-09"],
    ["3.19", "2025-11-01"],
    ["3.20", "2026-04-01"],
    ["3.21", "2026-11-01"],
    ["3.22", "2027-05-01"],
    ["3.23", "2027-11-01"],
  ]),
};

const LEAP: Product = {
  title: "openSUSE Leap",
  images: ["opensuse/leap"],
  releases: new Map([
    ["42.3", "2019-07-01"],
    ["15.0", "2019-12-03"],
    ["15.1", "2021-02-02"],
    ["15.2", "2022-01-04"],
    ["15.3", "2022-12-31"],
    ["15.4", "2023-12-07"],
    ["15.5", "2024-12-31"],
    ["15.6", "2026-04-30"],
  ]),
};

const AMAZON: Product = {
  title: "Amazon Linux",
  images: ["amazonlinux", "amazonlinux/amazonlinux"],
  releases: new Map([
    ["2017.09", "2023-12-31"],
    ["2018.03", "2023-12-31"],
    ["1", "2023-12-31"],
    ["2", "2026-06-30"],
  ]),
};

const PYTHON: Product = {
  title: "Python",
  images: ["python"],
  releases: new Map([
    ["2", "2020-01-01"],
    ["2.7", "2020-01-01"],
    ["3.4", "2019-03-18"],
    ["3.5", "2020-09-30"],
    ["3.6", "2021-12-23"],
    ["3.7", "2023-06-27"],
    ["3.8", "2024-10-14"],
    ["3.9", "2025-10-31"],
    ["3.10", "2026-10-31"],
    ["3.11", "2027-10-31"],
    ["3.12", "2028-10-31"],
    ["3.13", "2029-10-31"],
  ]),
};

const NODE: Product = {
  title: "Node.js",
  images: ["node"],
  releases: new Map([
    ["6", "2019-04-30"],
    ["8", "2019-12-31"],
    ["10", "2021-04-30"],
    ["12", "2022-04-30"],
    ["14", "2023-04-30"],
    ["16", "2023-09-11"],
    ["18", "2025-04-30"],
    ["20", "2026-04-30"],
    ["22", "2027-04-30"],
  ]),
};

/** Systems and languages that containers begin with. */
export const PRODUCTS: readonly Product[] = [
  UBUNTU,
  DEBIAN,
  CENTOS,
  ROCKY,
  ALMA,
  FEDORA,
  ALPINE,
  LEAP,
  AMAZON,
  PYTHON,
  NODE,
];
