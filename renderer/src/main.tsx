import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/inter/wght-italic.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './tokens.css';
import './theme.css';
import './shell/shell.css';
import './shell/panel-select.css';
import './shell/key-sheet.css';
import './settings/settings.css';
import './sidebar/sidebar.css';
import './model/model.css';
import './models/models.css';
import './chat/chat.css';
import './chat/message-actions.css';
import './chat/markdown.css';
import './chat/composer.css';
import './assistants/assistants.css';
import './attachments/attachments.css';
import './memory/memory.css';
import './memory/layers.css';
import './memory/compression.css';
import './memory/trade-off.css';
import './survival/survival.css';
import './find/find.css';
import './pins/pins.css';
import './comparison/comparison.css';
import 'uplot/dist/uPlot.min.css';
import './timeline/timeline.css';
import './palette/palette.css';
import './quick/quick.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectModels } from './models/window-models.js';
import { Root } from './shell/Root.js';
import { DARK } from './shell/use-media.js';
import { connectWindow } from './store/window-actions.js';

/** The page follows the colour scheme that main sets on the window, or the system's. */
function followTheme(): void {
  const dark = window.matchMedia(DARK);
  const apply = () => {
    document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
  };
  dark.addEventListener('change', apply);
  apply();
}

followTheme();
connectWindow();
connectModels();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  );
}
