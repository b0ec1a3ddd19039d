import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useLayoutEffect } from 'react';
import { AssistantsDialog } from '../assistants/AssistantsDialog.js';
import { Announcer } from '../chat/Announcer.js';
import { Composer } from '../chat/Composer.js';
import { Notices } from '../chat/Notices.js';
import { Thread } from '../chat/Thread.js';
import { ComparisonView } from '../comparison/ComparisonView.js';
import { FindBar } from '../find/FindBar.js';
import { MemoryStrip } from '../memory/MemoryStrip.js';
import { ArrivalNotice } from '../models/Arrival.js';
import { ModelsDialog } from '../models/ModelsDialog.js';
import { Palette } from '../palette/Palette.js';
import { QuickView } from '../quick/QuickView.js';
import { useTextSize } from '../settings/use-text-size.js';
import { showsComparison } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { SurvivalView } from '../survival/SurvivalView.js';
import { Replay } from '../timeline/Replay.js';
import { t } from '../words.js';
import { DropZone } from './DropZone.js';
import { Header } from './Header.js';
import { KeySheet } from './KeySheet.js';
import { Overlay } from './Overlay.js';
import { Rail, Sidebar } from './Sidebar.js';
import { SidePanel } from './SidePanel.js';
import { TipHost } from './Tip.js';
import { Toast } from './Toast.js';
import { useKeptFocus } from './use-kept-focus.js';
import { DENSE, NARROW, useMedia } from './use-media.js';
import { useShortcuts } from './use-shortcuts.js';

export function App() {
  useDensity();
  useTextSize();
  useShortcuts();
  useNarrowness();
  const isQuick = useApp((state) => state.isQuick);
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={500}>
        {isQuick ? <QuickView /> : <WholeView />}
        <Announcer />
      </Tooltip.Provider>
    </CSPProvider>
  );
}

function WholeView() {
  const isNarrow = useApp((state) => state.isNarrow);
  const overlay = useApp((state) => state.overlay);
  const sidebarOpen = useApp((state) => state.sidebarOpen);
  const panelOpen = useApp((state) => state.panelOpen);
  const hideSidebar = () => actions.hide('sidebar');
  const showsSide = sidebarOpen && !isNarrow;
  const panel = isNarrow ? 'strip' : panelOpen ? 'open' : 'none';
  useKeptFocus(`${showsSide} ${panel}`);
  return (
    <>
      <div className="app" data-side={showsSide ? 'open' : 'rail'} data-panel={panel}>
        {showsSide ? <Sidebar onHide={hideSidebar} /> : <Rail />}
        <Main hasStrip={isNarrow} />
        {panel === 'open' && <SidePanel />}
        {panel === 'strip' && <MemoryStrip />}
      </div>
      <Overlay label={t('shell.chats')} side="left" open={overlay === 'sidebar'} onClose={hideSidebar}>
        <Sidebar onHide={hideSidebar} onChoose={hideSidebar} />
        <Toast place="sidebar" />
      </Overlay>
      <Overlay
        label={t('shell.panel.whole')}
        side="right"
        open={overlay === 'panel'}
        onClose={() => actions.hide('panel')}
      >
        <SidePanel />
        <Toast place="panel" />
      </Overlay>
      <ModelsDialog />
      <KeySheet />
      <AssistantsDialog />
      <Palette />
      <DropZone />
    </>
  );
}

/** The chat at hand, or what is shown in its place. */
function Main({ hasStrip }: { hasStrip: boolean }) {
  const finding = useApp((state) => state.finding);
  const showsSurvival = useApp((state) => state.survival !== null);
  const comparing = useApp(showsComparison);
  const isReplay = useApp((state) => state.replay !== null);
  return (
    <main className="main" data-finding={finding || undefined}>
      <Header hasStrip={hasStrip} />
      {isReplay ? <Replay /> : comparing ? <ComparisonView /> : showsSurvival ? <SurvivalView /> : <Thread />}
      {!isReplay && !comparing && <FindBar />}
      <div className="foot">
        <Toast />
        <ArrivalNotice />
        <Notices />
        {!isReplay && !comparing && <Composer />}
      </div>
      <TipHost />
    </main>
  );
}

function useNarrowness(): void {
  const isNarrow = useMedia(NARROW);
  useLayoutEffect(() => actions.setNarrow(isNarrow), [isNarrow]);
}

function useDensity(): void {
  const isDense = useMedia(DENSE);
  useEffect(() => {
    document.documentElement.dataset.density = isDense ? 'dense' : 'cosy';
  }, [isDense]);
}
