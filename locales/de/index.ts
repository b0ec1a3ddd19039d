import assistants from './assistants.json' with { type: 'json' };
import attachments from './attachments.json' with { type: 'json' };
import chat from './chat.json' with { type: 'json' };
import comparison from './comparison.json' with { type: 'json' };
import errors from './errors.json' with { type: 'json' };
import figures from './figures.json' with { type: 'json' };
import find from './find.json' with { type: 'json' };
import main from './main.json' with { type: 'json' };
import memory from './memory.json' with { type: 'json' };
import model from './model.json' with { type: 'json' };
import models from './models.json' with { type: 'json' };
import palette from './palette.json' with { type: 'json' };
import pins from './pins.json' with { type: 'json' };
import settings from './settings.json' with { type: 'json' };
import shell from './shell.json' with { type: 'json' };
import sidebar from './sidebar.json' with { type: 'json' };
import survival from './survival.json' with { type: 'json' };
import timeline from './timeline.json' with { type: 'json' };

export default {
  assistants,
  attachments,
  chat,
  comparison,
  errors,
  figures,
  find,
  main,
  memory,
  model,
  models,
  palette,
  pins,
  settings,
  shell,
  sidebar,
  survival,
  timeline,
};
