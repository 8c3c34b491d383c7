/** The networks of this folder: what their authors publish of them, and what reference.py calls them. */
import type { DefinedModel } from '../../core/index.ts';
import * as alexnet from './alexnet.model.ts';
import * as bert from './bert.model.ts';
import * as convnext from './convnext.model.ts';
import * as dcgan from './dcgan.model.ts';
import * as deepsets from './deepsets.model.ts';
import * as efficientnet from './efficientnet.model.ts';
import * as gcn from './gcn.model.ts';
import * as gpt2 from './gpt2.model.ts';
import * as llama from './llama.model.ts';
import * as mixer from './mixer.model.ts';
import * as mobilenetv2 from './mobilenetv2.model.ts';
import * as mobilenetv3 from './mobilenetv3.model.ts';
import * as resnet from './resnet.model.ts';
import * as seq2seq from './seq2seq.model.ts';
import * as shufflenet from './shufflenet.model.ts';
import * as siamese from './siamese.model.ts';
import * as squeezenet from './squeezenet.model.ts';
import * as swin from './swin.model.ts';
import * as t5 from './t5.model.ts';
import * as tagger from './tagger.model.ts';
import * as tcn from './tcn.model.ts';
import * as unet from './unet.model.ts';
import * as vae from './vae.model.ts';
import * as vgg from './vgg.model.ts';
import * as vit from './vit.model.ts';

export interface Network {
  /** At its published size. */
  readonly model: DefinedModel;
  /** At a reduced width; where left out the network is small as it is. */
  readonly small?: DefinedModel;
  /** As published. */
  readonly parameters: number;
  /** Attention in the order it happens, runs of alike records as one: `12 × self, 12 heads, 64 × 64`. */
  readonly attention: readonly string[];
  /** Too large to compute: its shapes, names and counts alone. */
  readonly shapesOnly?: boolean;
}

/** Any definition, whatever its own types of inputs are. */
const any = (definition: unknown) => definition as DefinedModel;

/** By the name that reference.py knows them by; it adds `small` for the reduced ones. */
export const networks: Readonly<Record<string, Network>> = {
  alexnet: { model: any(alexnet.default), small: any(alexnet.small), parameters: 61_100_840, attention: [] },
  bert: {
    model: any(bert.default),
    small: any(bert.small),
    parameters: 109_482_240,
    attention: ['12 × self, 12 heads, 64 × 64'],
  },
  convnext: { model: any(convnext.default), small: any(convnext.small), parameters: 28_589_128, attention: [] },
  deepsets: { model: any(deepsets.default), parameters: 2_305, attention: [] },
  discriminator: {
    model: any(dcgan.discriminator),
    small: any(dcgan.smallDiscriminator),
    parameters: 2_765_568,
    attention: [],
  },
  efficientnet: {
    model: any(efficientnet.default),
    small: any(efficientnet.small),
    parameters: 5_288_548,
    attention: [],
  },
  gcn: { model: any(gcn.default), parameters: 276, attention: [] },
  generator: { model: any(dcgan.generator), small: any(dcgan.smallGenerator), parameters: 3_576_704, attention: [] },
  gpt2: {
    model: any(gpt2.gpt2),
    small: any(gpt2.tiny),
    parameters: 124_439_808,
    attention: ['12 × self, 12 heads, 128 × 128'],
  },
  llama: {
    model: any(llama.big),
    small: any(llama.default),
    parameters: 8_030_261_248,
    attention: ['32 × self, 32 heads, 128 × 128'],
    shapesOnly: true,
  },
  mixer: {
    model: any(mixer.default),
    small: any(mixer.small),
    parameters: 59_880_472,
    attention: [],
  },
  mobilenetv2: {
    model: any(mobilenetv2.default),
    small: any(mobilenetv2.small),
    parameters: 3_504_872,
    attention: [],
  },
  mobilenetv3: {
    model: any(mobilenetv3.default),
    small: any(mobilenetv3.small),
    parameters: 2_542_856,
    attention: [],
  },
  resnet18: { model: any(resnet.resnet18), small: any(resnet.small), parameters: 11_689_512, attention: [] },
  resnet50: { model: any(resnet.resnet50), small: any(resnet.smallBottleneck), parameters: 25_557_032, attention: [] },
  seq2seq: { model: any(seq2seq.default), parameters: 22_286, attention: ['6 × cross, 1 head, 1 × 7'] },
  shufflenet: { model: any(shufflenet.default), small: any(shufflenet.small), parameters: 2_278_604, attention: [] },
  siamese: { model: any(siamese.default), parameters: 380_806, attention: [] },
  squeezenet: { model: any(squeezenet.default), small: any(squeezenet.small), parameters: 1_235_496, attention: [] },
  swin: {
    model: any(swin.default),
    small: any(swin.small),
    parameters: 28_288_354,
    attention: [
      '2 × self, 3 heads, 49 × 49',
      '2 × self, 6 heads, 49 × 49',
      '6 × self, 12 heads, 49 × 49',
      '2 × self, 24 heads, 49 × 49',
    ],
  },
  t5: {
    model: any(t5.default),
    small: any(t5.small),
    parameters: 60_506_624,
    attention: [
      '6 × self, 8 heads, 40 × 40',
      ...Array.from({ length: 6 }, () => ['1 × self, 8 heads, 24 × 24', '1 × cross, 8 heads, 24 × 40']).flat(),
    ],
  },
  tagger: { model: any(tagger.default), parameters: 17_087, attention: [] },
  tcn: { model: any(tcn.default), parameters: 23_322, attention: [] },
  unet: { model: any(unet.default), small: any(unet.small), parameters: 31_037_698, attention: [] },
  vae: { model: any(vae.default), parameters: 652_824, attention: [] },
  vgg: {
    model: any(vgg.default),
    small: any(vgg.small),
    parameters: 132_868_840,
    attention: [],
  },
  vit: {
    model: any(vit.default),
    small: any(vit.small),
    parameters: 86_567_656,
    attention: ['12 × self, 12 heads, 197 × 197'],
  },
};
