// DCGAN: generator and discriminator.
import { defineModel, nn, randn, type Tensor } from 'tensight';

class Generator extends nn.Module {
  main: nn.Sequential;
  constructor(nz = 100, ngf = 64, nc = 3) {
    super();
    this.main = new nn.Sequential(
      new nn.ConvTranspose2d(nz, ngf * 8, 4, { stride: 1, padding: 0, bias: false }),
      new nn.BatchNorm2d(ngf * 8),
      new nn.ReLU(),
      new nn.ConvTranspose2d(ngf * 8, ngf * 4, 4, { stride: 2, padding: 1, bias: false }),
      new nn.BatchNorm2d(ngf * 4),
      new nn.ReLU(),
      new nn.ConvTranspose2d(ngf * 4, ngf * 2, 4, { stride: 2, padding: 1, bias: false }),
      new nn.BatchNorm2d(ngf * 2),
      new nn.ReLU(),
      new nn.ConvTranspose2d(ngf * 2, ngf, 4, { stride: 2, padding: 1, bias: false }),
      new nn.BatchNorm2d(ngf),
      new nn.ReLU(),
      new nn.ConvTranspose2d(ngf, nc, 4, { stride: 2, padding: 1, bias: false }),
      new nn.Tanh(),
    );
    this.apply((m) => {
      if (m instanceof nn.ConvTranspose2d) nn.init.normal(m.weight, 0, 0.02);
    });
  }
  forward(z: Tensor): Tensor {
    return this.main.forward(z);
  }
}
class Discriminator extends nn.Module {
  main: nn.Sequential;
  constructor(nc = 3, ndf = 64) {
    super();
    const layers: nn.TensorLayer[] = [
      new nn.Conv2d(nc, ndf, 4, { stride: 2, padding: 1, bias: false }),
      new nn.LeakyReLU(0.2),
    ];
    for (let i = 1; i < 4; i++)
      layers.push(
        new nn.Conv2d(ndf * 2 ** (i - 1), ndf * 2 ** i, 4, { stride: 2, padding: 1, bias: false }),
        new nn.BatchNorm2d(ndf * 2 ** i),
        new nn.LeakyReLU(0.2),
      );
    layers.push(new nn.Conv2d(ndf * 8, 1, 4, { bias: false }), new nn.Sigmoid());
    this.main = new nn.Sequential(...layers);
  }
  forward(x: Tensor): Tensor {
    return this.main.forward(x);
  }
}
export const generator = defineModel({
  model: () => new Generator(),
  inputs: { z: randn([2, 100, 1, 1], { axes: ['batch', 'latent', 'height', 'width'] }) },
});
export const discriminator = defineModel({
  model: () => new Discriminator(),
  inputs: { x: randn([2, 3, 64, 64], { axes: ['batch', 'channel', 'height', 'width'] }) },
});

export const smallGenerator = defineModel({
  model: () => new Generator(8, 4),
  inputs: { z: randn([2, 8, 1, 1], { axes: ['batch', 'latent', 'height', 'width'] }) },
});
export const smallDiscriminator = defineModel({
  model: () => new Discriminator(3, 4),
  inputs: { x: randn([2, 3, 64, 64], { axes: ['batch', 'channel', 'height', 'width'] }) },
});
