#:property PublishAot=false
#:property IsAotCompatible=false
#:property TieredPGO=false
// What the hook's start is divided by: benchmarks/README.md, The hook.
return 0;
