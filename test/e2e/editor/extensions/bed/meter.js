// Only for the measurements (BED_METER is set): what the product costs in the real extension host. Its copy of the
// editor's API is the same object for all of its code, so its change listeners are wrapped there before it starts.
const childProcess = require('node:child_process');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const vscode = require('vscode');

const PRODUCT = 'hunkmark.hunkmark';
const TICK_MS = 1;

exports.startMeter = () => {
  const meter = { handled: [], forbidden: [], loading: null, activating: null, isInside: false };
  const { extensionPath } = vscode.extensions.getExtension(PRODUCT);
  const main = path.join(extensionPath, 'dist', 'extension.js');
  watchListeners(meter, Module.createRequire(main)('vscode').workspace);
  watchActivation(meter, main);
  watchForbidden(meter);
  return { ...controls(meter), ...blocks() };
};

/** Wall time and time of this thread's processor, in milliseconds. */
function timed(work) {
  const cpu = process.threadCpuUsage();
  const began = performance.now();
  const value = work();
  const wall = performance.now() - began;
  const { user, system } = process.threadCpuUsage(cpu);
  return { value, spent: { wall, cpu: (user + system) / 1000 } };
}

/** Of each event of a file with changes: what all listeners of the product cost together. */
function watchListeners(meter, workspace) {
  const register = workspace.onDidChangeTextDocument;
  let last = null;
  workspace.onDidChangeTextDocument = (listener, ...rest) =>
    register(
      (event) => {
        if (event.document.uri.scheme !== 'file' || event.contentChanges.length === 0) return listener(event);
        meter.isInside = true;
        const { spent } = timed(() => listener(event));
        meter.isInside = false;
        if (last?.event === event) {
          last.spent.wall += spent.wall;
          last.spent.cpu += spent.cpu;
          return;
        }
        last = { event, spent: { ...spent, changes: event.contentChanges.length } };
        meter.handled.push(last.spent);
      },
      ...rest,
    );
}

function watchActivation(meter, main) {
  // The editor's own hook for `require('vscode')` is there too.
  const LOAD = '_load';
  const load = Module[LOAD];
  Module[LOAD] = function (request, ...rest) {
    if (request !== main) return load.call(this, request, ...rest);
    const { value, spent } = timed(() => load.call(this, request, ...rest));
    meter.loading = spent;
    return {
      ...value,
      activate(context) {
        const { value: exports, spent: activating } = timed(() => value.activate(context));
        meter.activating = activating;
        return exports;
      },
    };
  };
}

/** Every synchronous function of `fs` and every way to start a process, while a listener of the product runs. */
function watchForbidden(meter) {
  const watch = (module, name) => {
    const original = module[name];
    module[name] = Object.assign(function (...args) {
      if (meter.isInside) meter.forbidden.push(name);
      return original.apply(this, args);
    }, original);
  };
  for (const name of Object.keys(fs))
    if (name.endsWith('Sync') && typeof fs[name] === 'function') watch(fs, name);
  for (const name of ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'])
    watch(childProcess, name);
  Module.syncBuiltinESMExports();
}

function controls(meter) {
  return {
    started: () => ({ loading: meter.loading, activating: meter.activating }),
    /** What was handled since the last time. */
    takeHandled: () => meter.handled.splice(0),
    forbidden: () => [...meter.forbidden],
    /** What the watch sees of one reading and one process inside of a listener; nothing of it counts. */
    control() {
      meter.isInside = true;
      fs.existsSync('/');
      childProcess.spawnSync('true');
      meter.isInside = false;
      return meter.forbidden.splice(0);
    },
  };
}

/** The longest that this thread was busy without a break, by the processor's time and by the clock, in milliseconds. */
function blocks() {
  let longest = { wall: 0, cpu: 0 };
  let [cpu, at] = [process.threadCpuUsage(), performance.now()];
  let [begun, active] = [cpu, performance.eventLoopUtilization()];
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(cpu);
    const now = performance.now();
    longest = { wall: Math.max(longest.wall, now - at), cpu: Math.max(longest.cpu, (user + system) / 1000) };
    [cpu, at] = [process.threadCpuUsage(), now];
  }, TICK_MS);
  return {
    /** Since the last time: the longest block, and how long this thread was busy altogether. */
    takeBusy() {
      const { user, system } = process.threadCpuUsage(begun);
      const busy = { wall: performance.eventLoopUtilization(active).active, cpu: (user + system) / 1000 };
      const taken = { longest, busy };
      longest = { wall: 0, cpu: 0 };
      [begun, active] = [process.threadCpuUsage(), performance.eventLoopUtilization()];
      return taken;
    },
  };
}
