/**
 * What a unified patch shows of a file: each side of its hunks, of before and of after, line by line; nothing where it
 * is no patch or has nothing of the file. `name` is the file's in the repository; the patch may name it from a folder
 * above, as git's `a/` and `b/` do, or from one below.
 */
export function patchedSides(patch: readonly string[], name: string): (readonly string[])[] {
  const [before, after]: [string[], string[]] = [[], []];
  let isOfFile = false;
  patch.forEach((line, at) => {
    if (line.startsWith('--- ') && patch[at + 1]?.startsWith('+++ ') === true)
      isOfFile = [line, patch[at + 1] ?? ''].some((header) => names(header, name));
    else if (isOfFile && !line.startsWith('+++ ')) {
      if (/^[- ]/.test(line)) before.push(line.slice(1));
      if (/^[+ ]/.test(line)) after.push(line.slice(1));
    }
  });
  return [before, after].filter((side) => side.length > 0);
}

function names(header: string, name: string): boolean {
  const told = header.slice('--- '.length).replace(/\t.*|\r?\n$/gs, '');
  return `/${told}`.endsWith(`/${name}`) || `/${name}`.endsWith(`/${told}`);
}
