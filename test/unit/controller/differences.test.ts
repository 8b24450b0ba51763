// The one sentence about what will be otherwise: how much, where, never more than a status takes.

import { expect } from 'chai';
import { differencesOf } from '../../../src/controller/names/differences.ts';
import type { SettingLine } from '../../../src/mesh/names.ts';

const setting = (path: string, fate: SettingLine['fate']): SettingLine => ({ path, fate, text: '' });

describe('differences between source and target', () => {
  it('are told with how many settings about calls are lost or approximate, and the first places', () => {
    const settings = ['a', 'b', 'c', 'd', 'e'].map((name) => setting(`routers[0].service.${name}`, 'lost'));
    const others = [
      setting('routers[1].client.tls', 'approximate'),
      setting('routers[0].client.x', 'equivalent'),
      setting('admin', 'lost'),
    ];
    expect(differencesOf([...settings, ...others], ['default/hello: backoff is lost'])).to.equal(
      'default/hello: backoff is lost; 5 settings of the source are lost (routers[0].service.a, routers[0].service.b, routers[0].service.c and 2 more); 1 settings are approximate (routers[1].client.tls); kubectl mm plan tells each',
    );
  });

  it('are not mentioned where none concerns these callers', () => {
    expect(differencesOf([setting('routers[0].service.a', 'lost')], [])).to.equal(undefined);
  });

  it('fit into a status', () => {
    const long = Array.from({ length: 3 }, (_, i) => `${i}${'x'.repeat(2_000)}`);
    expect(differencesOf([], long)?.length).to.be.at.most(1_024);
  });
});
