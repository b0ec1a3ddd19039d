import { About } from './About.js';
import { Answers } from './Answers.js';
import { Appearance } from './Appearance.js';
import { FromAnywhere } from './FromAnywhere.js';
import { Refused } from './Refused.js';
import { Report } from './Report.js';
import { RunningTheModel } from './RunningTheModel.js';
import { TidyingSetting } from './TidyingSetting.js';
import { YourData } from './YourData.js';

export function SettingsTab() {
  return (
    <>
      <Refused />
      <Appearance />
      <Answers />
      <RunningTheModel />
      <TidyingSetting />
      <FromAnywhere />
      <YourData />
      <Report />
      <About />
    </>
  );
}
