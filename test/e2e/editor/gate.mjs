// code-server lets every extension use every proposed API. With that, a test would pass on what no user's VS Code
// allows. This puts VS Code's own gate back into the installed bundles: an extension gets a proposal that it declares
// and that `--enable-proposed-api` names it for (extensionsProposedApi.ts of VS Code).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ASKERS = [
  'vs/workbench/api/node/extensionHostProcess.js',
  'vs/workbench/api/worker/extensionHostWorkerMain.js',
];
const GIVER = 'vs/code/browser/workbench/workbench.js';
/** Calls of the function that decides, by which its name in the minified bundle is found; the first is better. */
const CALLS = [
  /([\w$]+)\([\w$.]+,"textDocumentChangeReason"\)/,
  /([\w$]+)\([\w$.]+,"defaultChatParticipant"\)/,
];
const ALL_FOR_ALL =
  /(this\._envEnabledExtensions=new Set\(\(([\w$]+)\.extensionEnabledProposedApi\?\?\[\]\).{0,80}?),this\._envEnablesProposedApiForAll=!0/;

/** `out`: the folder of VS Code's bundles. Throws where a bundle is not as it is expected; a second run changes nothing. */
export function restoreGate(out) {
  for (const file of ASKERS) change(join(out, file), closeFunction);
  change(join(out, GIVER), (text) => closeFlag(closeFunction(text)));
}

/** `function X(extension,proposal){return!0}` */
function closeFunction(text) {
  const call = CALLS.map((each) => each.exec(text)).find((found) => found !== null);
  const name = call?.[1].replaceAll('$', '\\$');
  if (name === undefined) return text;
  const open = new RegExp(`function ${name}\\(([\\w$]+),([\\w$]+)\\)\\{return!0\\}`);
  return text.replace(open, (all, extension, proposal) => {
    const declared = `${extension}.enabledApiProposals`;
    return all.replace('return!0', `return ${declared}?${declared}.includes(${proposal}):!1`);
  });
}

/** The flag is for the case that nobody is named, as in VS Code. */
function closeFlag(text) {
  return text.replace(
    ALL_FOR_ALL,
    (_, set, options) =>
      `${set},this._envEnablesProposedApiForAll=this._envEnabledExtensions.size===0&&Array.isArray(${options}.extensionEnabledProposedApi)`,
  );
}

function change(file, edit) {
  const before = readFileSync(file, 'utf8');
  const after = edit(before);
  if (!after.includes('.enabledApiProposals.includes(') || ALL_FOR_ALL.test(after))
    throw new Error(`${file} is not as expected: the gate of the proposed APIs cannot be put back.`);
  if (after !== before) writeFileSync(file, after);
}
