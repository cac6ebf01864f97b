/** A policy as a large organisation has it: systems with so many patterns between them, of the kinds that people write. */
export function largePolicy(systems: number, patterns: number): string {
  const parts = ['version: 1\nsystems:\n'];
  for (let system = 0; system < systems; system++) {
    const own = Math.floor(((system + 1) * patterns) / systems) - Math.floor((system * patterns) / systems);
    const paths = Array.from(
      { length: own },
      (_, at) => `      - ${JSON.stringify(patternOf(system, at))}\n`,
    );
    parts.push(
      `  system-${system}:\n    tier: ${system % 4}\n    owners: ["@team-${system}"]\n    paths:\n`,
      ...paths,
    );
  }
  return parts.join('');
}

function patternOf(system: number, at: number): string {
  const part = `p${Math.floor(at / 6)}`;
  switch (at % 6) {
    case 0:
      return `services/s${system}/${part}/**`;
    case 1:
      return `libs/${part}/s${system}/*.ts`;
    case 2:
      return `/deploy/s${system}-${part}/`;
    case 3:
      return `**/s${system}-${part}.yaml`;
    case 4:
      return `config/**/s${system}-${part}-*.json`;
    default:
      return `packages/*/src/s${system}/${part}.[jt]s`;
  }
}

/** Paths of such an organisation's repository; about half of them are in a system. */
export function manyPaths(count: number, systems: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const system = (n * 7) % (2 * systems);
    switch (n % 5) {
      case 0:
        return `services/s${system}/p${n % 3}/src/module${n % 97}/file${n}.ts`;
      case 1:
        return `libs/p${n % 3}/s${system}/file${n}.ts`;
      case 2:
        return `config/eu/prod/s${system}-p${n % 3}-${n}.json`;
      case 3:
        return `packages/pkg${n % 211}/src/s${system}/p${n % 3}.ts`;
      default:
        return `docs/area${n % 53}/page${n}.md`;
    }
  });
}
