/** The layer rules of docs/architecture.md. Type-only imports vanish in the build, so some rules let them pass. */
const TESTING = ['\\.test\\.tsx?$', '^engine/testing/', '/fixtures/'];
// Plain constants without imports: every process switches on them.
const ERROR_CODES = '^engine/errors\\.ts$';
// What a trace is, how it grows and is read: pure, for the command line as for the window.
const TRACE = '^engine/trace/';
const NOT_TYPES = { dependencyTypesNot: ['type-only'] };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'engine-stands-alone',
      comment: 'The engine runs headless: it imports itself, Node and npm packages, nothing of Electron or React.',
      severity: 'error',
      from: { path: '^engine/' },
      to: {
        path: [
          '^(electron|renderer|e2e|bench|scripts)/',
          'node_modules/(electron|electron-log|react|react-dom|zustand)/',
          '^electron$',
        ],
      },
    },
    {
      name: 'engine-has-one-door',
      comment: 'Outside, the engine is createEngine(), its types and its error codes.',
      severity: 'error',
      from: { pathNot: ['^engine/', '\\.test\\.tsx?$'] },
      to: { path: '^engine/', pathNot: ['^engine/(index|types|errors)\\.ts$', TRACE], ...NOT_TYPES },
    },
    {
      name: 'ipc-knows-only-engine-types',
      severity: 'error',
      from: { path: '^electron/ipc/' },
      to: { path: '^(engine|electron|renderer)/', pathNot: ['^electron/ipc/', ERROR_CODES], ...NOT_TYPES },
    },
    {
      name: 'renderer-knows-only-ipc-and-engine-types',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(engine|electron)/', pathNot: ['^electron/ipc/', ERROR_CODES, TRACE], ...NOT_TYPES },
    },
    {
      name: 'renderer-without-zod',
      comment: 'The page checks nothing that main has checked: it loads without zod.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: TESTING },
      to: {
        path: ['node_modules/zod/', '^engine/trace/(schema|parse)\\.ts$', '^electron/ipc/contract\\.ts$'],
        ...NOT_TYPES,
      },
    },
    {
      name: 'trace-is-pure',
      comment: 'It runs in every process: of the engine it has only types and error codes.',
      severity: 'error',
      from: { path: TRACE, pathNot: '\\.test\\.ts$' },
      to: { path: '^(engine|electron|renderer)/', pathNot: [TRACE, ERROR_CODES], ...NOT_TYPES },
    },
    {
      name: 'renderer-is-sandboxed',
      comment: 'No Node and no Electron in the window; tests run in Node.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-without-electron',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: 'node_modules/(electron|electron-log|onnxruntime-node|koffi)/' },
    },
    {
      name: 'preload-is-a-bridge',
      severity: 'error',
      from: { path: '^electron/preload/' },
      to: { path: '^(engine|electron|renderer)/', pathNot: ['^electron/(ipc|preload)/'], ...NOT_TYPES },
    },
    {
      name: 'main-reaches-the-engine-through-its-host',
      comment: 'No inference in the main process: it forks the engine and talks to it.',
      severity: 'error',
      from: { path: '^electron/main/', pathNot: '^electron/main/engine-host(\\.test)?\\.ts$' },
      to: {
        path: '^(engine|electron/utility|renderer)/',
        // Tests of both need a folder that goes when they end.
        pathNot: [ERROR_CODES, TRACE, '^engine/testing/temporary-folder\\.ts$'],
        ...NOT_TYPES,
      },
    },
    {
      name: 'utility-hosts-the-engine-only',
      severity: 'error',
      from: { path: '^electron/utility/' },
      to: { path: '^(electron/(main|preload)|renderer)/' },
    },
    {
      name: 'product-without-tests',
      comment: 'What ships imports no tests and nothing made for them.',
      severity: 'error',
      from: { path: '^(engine|electron|renderer)/', pathNot: TESTING },
      to: { path: [...TESTING, '^(e2e|bench|scripts)/'] },
    },
    {
      name: 'words-stand-alone',
      comment: 'Window and main process have their words from locales/; the engine speaks by error codes.',
      severity: 'error',
      from: { path: '^locales/', pathNot: TESTING },
      to: { path: '^(engine|electron|renderer|e2e|bench|scripts)/' },
    },
    {
      name: 'engine-and-preload-without-words',
      severity: 'error',
      from: { path: '^(engine|electron/(preload|utility))/' },
      to: { path: '^locales/', ...NOT_TYPES },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
    {
      name: 'ships-only-dependencies',
      comment:
        'Main and engine process load their packages from node_modules, where electron-builder puts dependencies only.',
      severity: 'error',
      from: { path: '^(engine|electron/(main|utility))/', pathNot: TESTING },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/electron/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
