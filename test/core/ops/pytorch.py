"""Writes pytorch.json: what PyTorch gives for the cases of pytorch.test.ts. Run: python3 test/core/ops/pytorch.py [folder]"""
import json
import math

import torch
import torch.nn.functional as F

def seq(*shape, a=0.37, b=0.0):
    n=math.prod(shape); return (((torch.arange(n,dtype=torch.float32)*a+b)%1)*4-2).reshape(shape)
out={}
def put(name, f, *xs):
    xs=[x.clone().requires_grad_() for x in xs]
    y=f(*xs); 
    w=(torch.arange(y.numel(),dtype=torch.float32)*0.13%1+0.5).reshape(y.shape)
    (y*w).sum().backward()
    out[name]={'y':[round(v,6) for v in y.flatten().tolist()],'shape':list(y.shape),'g':[[round(v,6) for v in x.grad.flatten().tolist()] for x in xs]}
x=seq(12)*3
for n,f in dict(hardtanh=F.hardtanh,relu6=F.relu6,hardsigmoid=F.hardsigmoid,hardswish=F.hardswish,hardshrink=F.hardshrink,softshrink=F.softshrink,selu=F.selu,celu=lambda t:F.celu(t,0.7),mish=F.mish,softsign=F.softsign,logSigmoid=F.logsigmoid,tanhshrink=F.tanhshrink).items(): put(n,f,x)
put('threshold',lambda t:F.threshold(t,0.5,-1.),x)
put('prelu',F.prelu,seq(2,3,2),seq(3,b=.2))
put('glu',lambda t:F.glu(t,1),seq(2,4,2))
put('convTranspose1d, all options',lambda a,w,b:F.conv_transpose1d(a,w,b,stride=2,padding=1,output_padding=1,dilation=2,groups=2),seq(2,4,3),seq(4,3,3,a=.29),seq(6,a=.41))
put('convTranspose2d, a stride each',lambda a,w,b:F.conv_transpose2d(a,w,b,stride=(2,3),padding=(1,0),output_padding=(1,2)),seq(1,2,3,2),seq(2,3,2,3,a=.29),seq(3,a=.41))
put('convTranspose2d, more output than stride',lambda a,w:F.conv_transpose2d(a,w,None,stride=1,padding=0,output_padding=1,dilation=2),seq(1,2,2,2),seq(2,1,2,2,a=.29))
put('nearest to a size',lambda t:F.interpolate(t,size=5),seq(1,2,3))
put('nearest by a factor',lambda t:F.interpolate(t,scale_factor=2.3),seq(1,1,3,2))
put('linear',lambda t:F.interpolate(t,size=5,mode='linear',align_corners=False),seq(1,2,3))
put('bilinear by a factor',lambda t:F.interpolate(t,scale_factor=2.3,mode='bilinear',align_corners=False),seq(1,1,3,2))
put('bilinear, corners aligned',lambda t:F.interpolate(t,size=(4,5),mode='bilinear',align_corners=True),seq(1,1,3,2))
put('bilinear, smaller',lambda t:F.interpolate(t,size=(2,1),mode='bilinear',align_corners=False),seq(1,1,5,4))
put('adaptiveMaxPool1d',lambda t:F.adaptive_max_pool1d(t,3),seq(1,2,7))
put('adaptiveMaxPool2d',lambda t:F.adaptive_max_pool2d(t,(2,3)),seq(1,2,3,5))
put('bilinear form',F.bilinear,seq(2,3),seq(2,4,a=.21),seq(5,3,4,a=.17),seq(5,a=.3))
p=(seq(2,3)+2.1)/4.3; t=(seq(2,3,a=.23)+2)/4
put('binaryCrossEntropy',lambda a:F.binary_cross_entropy(a,t),p)
put('huberLoss',lambda a,b:F.huber_loss(a,b,delta=.7),seq(2,3),seq(2,3,a=.23))
put('klDiv of probabilities',lambda a:F.kl_div(a,t,reduction='batchmean'),seq(2,3))
put('klDiv of logarithms',lambda a:F.kl_div(a,seq(2,3,a=.23),log_target=True,reduction='sum'),seq(2,3))
put('cosineEmbeddingLoss',lambda a,b:F.cosine_embedding_loss(a,b,torch.tensor([1.,-1.]),margin=-.5),seq(2,3),seq(2,3,a=.23))
put('cosineSimilarity',lambda a,b:F.cosine_similarity(a,b,dim=1),seq(2,3,2),seq(2,3,2,a=.23))
put('scatter',lambda a,s:a.scatter(1,torch.tensor([[2,0],[1,2]]),s),seq(2,3),seq(2,2,a=.23))
put('takeAlongDim',lambda a:torch.take_along_dim(a,torch.tensor([[2,0]]),1),seq(2,3))
put('index by two tensors',lambda a:a[torch.tensor([[0],[1]]),torch.tensor([2,-1,0])],seq(2,3,2))
put('maskedSelect',lambda a:a[a>0],seq(2,3))
put('repeatInterleave',lambda a:a.repeat_interleave(2,1),seq(2,3))
for i,(eq,shapes) in enumerate([('ij,jk->ik',[(2,3),(3,4)]),('bhqd,bhkd->bhqk',[(2,2,3,4),(2,2,5,4)]),('bii->b',[(2,3,3)]),('...i,...i',[(2,3),(2,3)]),('i,j,k->kji',[(2,),(3,),(2,)]),('ij->ji',[(2,3)]),('ijk,k,jl->il',[(2,3,4),(4,),(3,2)]),('b...q,...k->b...k',[(2,1,3),(5,4)]),('abc,cde->abde',[(2,2,3),(3,2,2)]),('ij,ij->',[(2,3),(2,3)]),('bi,bi->bi',[(2,3),(2,3)]),('bi,bj->bij',[(2,3),(2,2)]),('i,ij->j',[(1,),(3,2)]),('ba,ca',[(2,3),(2,3)]),('ijk->j',[(2,3,2)])]):
    put('einsum:'+eq,lambda *a:torch.einsum(eq,*a),*[seq(*s,a=.37+.11*k) for k,s in enumerate(shapes)])
import sys
from pathlib import Path
(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent).joinpath('pytorch.json').write_text(json.dumps(out, indent=1))
