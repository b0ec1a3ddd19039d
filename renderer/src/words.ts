import i18next from 'i18next';
import { setI18n } from 'react-i18next';

setI18n(i18next);

export { Trans } from 'react-i18next';
export { t } from '../../locales/words.js';
