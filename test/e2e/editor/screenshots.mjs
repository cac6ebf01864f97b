// `npm run screenshots`: takes the pictures of media/screenshots in the real editor.
import { join } from 'node:path';
import { useEditor } from './install.mjs';

useEditor();
const project = join(import.meta.dirname, '..', '..', '..');
const { default: built } = await import(join(project, 'out', 'test', 'e2e', 'editor', 'screenshots.js'));
await built.takeScreenshots(join(project, 'media', 'screenshots'));
