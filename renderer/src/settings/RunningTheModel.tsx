import { ContextLength } from './ContextLength.js';
import { PrecisionSetting } from './PrecisionSetting.js';
import { Threads } from './Threads.js';

export function RunningTheModel() {
  return (
    <section className="sec" aria-label="Running the model">
      <div className="sec-h">Running the model</div>
      <ContextLength />
      <Threads />
      <PrecisionSetting />
      <p className="words">A change here loads the model again; your chats stay.</p>
    </section>
  );
}
