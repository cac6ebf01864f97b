import type { CommitPreview } from '../../../app/preview';
import type { SettingValues } from '../../contributions';
import { visible, type Translate } from './words';

export type Detail = SettingValues['detail'];

/** What the page shows, and what it needs to be allowed to. */
export interface ConsentPage {
  readonly repository: string;
  readonly example: Example;
  readonly detail: Detail;
  readonly neighbours: readonly string[];
  readonly installed: boolean;
  readonly language: string;
  /** For the content security policy: nothing but these two files, and no network. */
  readonly nonce: string;
  readonly cspSource: string;
  readonly style: string;
  readonly script: string;
}

/** The last commit as it would look; there may be none yet, or it could not be read. */
export type Example =
  | { readonly kind: 'commit'; readonly preview: CommitPreview }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed' };

const DETAILS: readonly Detail[] = ['summary', 'hunks', 'full'];

/**
 * The page on which a person decides about a repository. Everything that comes from the repository is text: it is
 * escaped, and the policy of the page runs no script but ours.
 */
export function consentPage(t: Translate, page: ConsentPage): string {
  const policy = `default-src 'none'; style-src ${page.cspSource}; script-src 'nonce-${page.nonce}'`;
  const title = t('Hunkmark in {0}', visible(page.repository));
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(page.style)}">
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(t('Hunkmark follows which lines AI wrote or deleted until they are committed, and says so in the commit message. Nothing is written in this repository before you agree.'))}</p>
<form id="consent">
${choice(t, page.detail)}
${example(t, page)}
${effects(t)}
${neighbours(t, page.neighbours)}
<div class="buttons">
<button type="submit" class="primary" data-choice="use">${escapeHtml(page.installed ? t('Use This Detail Here') : t('Use It Here'))}</button>
<button type="button" data-choice="decline">${escapeHtml(page.installed ? t('Remove It from Here') : t('Not Here'))}</button>
<button type="button" data-choice="later">${escapeHtml(t('Later'))}</button>
</div>
<p id="outcome" role="status" aria-live="polite"></p>
</form>
</main>
<script nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.script)}"></script>
</body>
</html>
`;
}

function choice(t: Translate, detail: Detail): string {
  const choices = DETAILS.map(
    (one) =>
      `<label><input type="radio" name="detail" value="${one}"${one === detail ? ' checked' : ''}> <span><b>${escapeHtml(detailName(t, one))}</b>: ${escapeHtml(detailWords(t, one))}</span></label>`,
  );
  return `<fieldset>
<legend>${escapeHtml(t('How much the commit says'))}</legend>
${choices.join('\n')}
</fieldset>`;
}

function example(t: Translate, { example, detail }: ConsentPage): string {
  const title = `<h2>${escapeHtml(t('Your last commit, as an example'))}</h2>`;
  switch (example.kind) {
    case 'commit':
      return `${title}\n${messages(t, example.preview, detail)}`;
    case 'none':
      return `${title}\n<p>${escapeHtml(t('There is no commit in this repository yet, so there is no example.'))}</p>`;
    case 'failed':
      return `${title}\n<p>${escapeHtml(t('The last commit could not be read; the log of Hunkmark says why.'))}</p>`;
  }
}

function messages(t: Translate, preview: CommitPreview, detail: Detail): string {
  const commit = visible(preview.commit.slice(0, 10));
  const note = t(
    'This is {0} as if an agent had written every line it adds: an example, true of nobody. The commit itself is not changed.',
    commit,
  );
  const texts = DETAILS.map(
    (one) =>
      `<pre tabindex="0" data-detail="${one}"${one === detail ? '' : ' hidden'} aria-label="${escapeHtml(t('The message with detail {0}', detailName(t, one)))}">${message(preview[one])}</pre>`,
  );
  return `<p>${escapeHtml(note)}</p>\n${texts.join('\n')}`;
}

const OURS = /^(?:AI-Provenance|Assisted-by|AI-Hunk|AI-Tier|AI-Policy|AI-Ack):/;

/** A message line by line; ours, with their folds, stand out. */
function message(text: string): string {
  let ours = false;
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => {
      ours = OURS.test(line) || (ours && line.startsWith(' '));
      const shown = escapeHtml(visible(line));
      return ours ? `<ins>${shown}</ins>` : shown;
    })
    .join('\n');
}

function effects(t: Translate): string {
  return `<h2>${escapeHtml(t('What is written where'))}</h2>
<ul>
<li>${escapeHtml(t('A short block in the hooks prepare-commit-msg and commit-msg of this repository. Hooks that are there stay as they are and run as before.'))}</li>
<li>${escapeHtml(t('The folder hunkmark in the git directory: what is known of lines that are not committed yet, with the texts that this needs. Only you can read it; at most 64 MiB and 30 days; safe to delete.'))}</li>
<li>${escapeHtml(t('The settings hunkmark.* in the git configuration of this repository.'))}</li>
<li>${escapeHtml(t('The path of this repository in a list of your own, outside of it, so that Hunkmark can be taken out everywhere.'))}</li>
<li>${escapeHtml(t('Trailers in the messages of commits with AI lines or AI deletions. Other commits stay as they are.'))}</li>
</ul>
<h2>${escapeHtml(t('What never happens'))}</h2>
<ul>
<li>${escapeHtml(t('Nothing leaves this machine but the trailers of the commits you push: no network, no telemetry.'))}</li>
<li>${escapeHtml(t('No prompts and no code are in a trailer, no session names and no paths of this machine.'))}</li>
<li>${escapeHtml(t('No line is called AI on a guess, and none human for lack of evidence: what is not known is unknown.'))}</li>
</ul>
<h2>${escapeHtml(t('How to take it back'))}</h2>
<ul>
<li>${escapeHtml(t('Here: the command "Hunkmark: Remove from This Repository".'))}</li>
<li>${escapeHtml(t('Everywhere: the command "Hunkmark: Remove from Every Repository on This Machine", or uninstall the extension.'))}</li>
<li>${escapeHtml(t('For one commit: HUNKMARK=off git commit.'))}</li>
</ul>`;
}

function neighbours(t: Translate, notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const items = notes.map((note) => `<li>${escapeHtml(visible(note))}</li>`).join('\n');
  return `<h2>${escapeHtml(t('What else names an AI here'))}</h2>\n<ul>\n${items}\n</ul>`;
}

function detailName(t: Translate, detail: Detail): string {
  switch (detail) {
    case 'summary':
      return t('Summary');
    case 'hunks':
      return t('Hunks');
    case 'full':
      return t('Full');
  }
}

function detailWords(t: Translate, detail: Detail): string {
  switch (detail) {
    case 'summary':
      return t('numbers and assistants only');
    case 'hunks':
      return t('also the largest hunks; the usual choice');
    case 'full':
      return t('also every hunk');
  }
}

/** What the page may say back; null for anything else. */
export function parseChoice(value: unknown): Choice | null {
  if (typeof value !== 'object' || value === null) return null;
  const { choice, detail } = value as { choice?: unknown; detail?: unknown };
  if (choice === 'decline' || choice === 'later') return { choice };
  const known = DETAILS.find((one) => one === detail);
  return choice === 'use' && known !== undefined ? { choice, detail: known } : null;
}

export type Choice =
  | { readonly choice: 'use'; readonly detail: Detail }
  | { readonly choice: 'decline' | 'later' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
