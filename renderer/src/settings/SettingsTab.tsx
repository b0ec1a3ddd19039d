import { wordsFor } from '../error-words.js';
import { useApp } from '../store/store.js';
import { About } from './About.js';
import { Answers } from './Answers.js';
import { Appearance } from './Appearance.js';
import { Report } from './Report.js';
import { RunningTheModel } from './RunningTheModel.js';
import { YourData } from './YourData.js';

export function SettingsTab() {
  return (
    <>
      <Refused />
      <Appearance />
      <Answers />
      <RunningTheModel />
      <YourData />
      <Report />
      <About />
    </>
  );
}

/** A change that main did not make. */
function Refused() {
  const error = useApp((state) => state.settingsError);
  if (!error) return null;
  const { message } = wordsFor(error);
  return (
    <div className="sec">
      <div className="note bad" role="alert">
        <span className="grow">
          <b>This setting was not changed.</b> {message}
        </span>
      </div>
    </div>
  );
}
