import type { ReactNode } from 'react';
import { formatCount, formatSize } from '../format.js';
import { rampColor } from '../memory/layer-colors.js';
import { currentModelName } from '../model/model-label.js';
import { Icon } from '../shell/icons.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { EXAMPLES } from './examples.js';
import { MARKS } from './marks.js';

/** What a chat is before its first message. */
export function EmptyState() {
  return (
    <div className="first">
      <div className="in">
        <Logo />
        <h2>{t('chat.empty.title')}</h2>
        <p>{t('chat.empty.about')}</p>
        <div className="ex">
          {EXAMPLES.map(({ name, text, rows, isCompared }) => (
            <button key={name} type="button" onClick={() => actions.sendExample(text, isCompared)}>
              <MiniLayers rows={rows} />
              <span className="ex-words">
                <b>{t(`chat.empty.examples.${name}.title`)}</b>
                <span>{t(`chat.empty.examples.${name}.about`)}</span>
              </span>
              <Icon name="right" />
            </button>
          ))}
        </div>
        <Facts />
      </div>
    </div>
  );
}

function Logo() {
  const rows = [0.2, 0.36, 0.52, 0.68, 0.84, 1];
  return (
    <svg className="logo" width="120" height="52" aria-hidden="true">
      {rows.map((share, row) => (
        <rect
          key={share}
          x={60 - share * 60}
          y={row * 9}
          width={share * 120}
          height="6"
          rx="1.5"
          style={{ fill: rampColor(1 - row / (rows.length - 1)) }}
        />
      ))}
    </svg>
  );
}

function MiniLayers({ rows }: { rows: readonly number[] }) {
  return (
    <svg width="44" height="32" aria-hidden="true">
      {rows.map((share, row) => {
        const color = rampColor(1 - row / (rows.length - 1));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a fixed drawing
          <g key={row}>
            <rect x=".5" y={row * 5.5 + 0.5} width="43" height="3" rx="1" fill="none" stroke="var(--line-2)" />
            <rect y={row * 5.5} width={share * 44} height="4" rx="1" style={{ fill: color }} />
          </g>
        );
      })}
    </svg>
  );
}

function Facts() {
  const info = useApp((state) => state.appInfo);
  const isReady = useApp(({ model }) => model.state === 'ready');
  return (
    <div className="first-facts">
      <Fact icon={isReady ? 'check' : 'box'}>
        <ModelFact />
        <button type="button" className="link" onClick={() => actions.chooseModel('file')}>
          {t('chat.empty.useFile')}
        </button>
      </Fact>
      {info && (
        <Fact icon="chip">
          <span>
            <Trans
              i18nKey={info.lacksAvx2 ? 'chat.empty.slowMachine' : 'chat.empty.machine'}
              values={{
                cores: formatCount(info.cores),
                free: gibibytes(info.freeMemoryBytes),
                total: gibibytes(info.totalMemoryBytes),
              }}
              components={MARKS}
            />
          </span>
          <ContextFact />
        </Fact>
      )}
      <Fact icon="check">
        <span>{t('chat.empty.privacy')}</span>
        <button type="button" className="link" onClick={() => actions.showPanelTab('settings')}>
          {t('chat.empty.yourData')}
        </button>
      </Fact>
    </div>
  );
}

function Fact({ icon, children }: { icon: 'check' | 'box' | 'chip'; children: ReactNode }) {
  return (
    <div>
      <Icon name={icon} />
      {children}
    </div>
  );
}

function ModelFact() {
  const name = useApp(({ model }) => currentModelName(model));
  const state = useApp(({ model }) => model.state);
  const size = useApp((app: AppState) => (app.model.state === 'ready' ? formatSize(app.model.model.fileBytes) : ''));
  if (!name) return <span>{t(state === 'failed' ? 'chat.empty.modelFailed' : 'chat.empty.noModel')}</span>;
  return (
    <span>
      <Trans
        i18nKey={state === 'ready' ? 'chat.empty.modelReady' : 'chat.empty.modelLoading'}
        values={{ model: name, size }}
        components={MARKS}
      />
    </span>
  );
}

function ContextFact() {
  const tokens = useApp(({ model }) => (model.state === 'ready' ? model.runtime.contextLength : null));
  return <span className="faint">{tokens && t('chat.empty.context', { tokens: formatCount(tokens) })}</span>;
}

function gibibytes(bytes: number): string {
  return formatCount(bytes / 2 ** 30);
}
