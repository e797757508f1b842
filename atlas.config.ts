import { atlas, dataset } from "./plugins/atlas/index.ts"
import { project } from "./src/index.ts"

const life = atlas.life({ build: "build", store: "serving-store", packs: "packs" })

export default project({
  name: "example-genomes",
  stages: life.stages,
  targets: (target) => [
    target(
      dataset({
        release: "2007",
        species: "saccharomyces_cerevisiae",
        assembly: "SGD_chrI_II",
        gff3: "data/saccharomyces_cerevisiae/SGD_chrI_II.gff3.gz",
        fasta: "data/saccharomyces_cerevisiae/SGD_chrI_II.fa.gz"
      })
    ),
    target(
      dataset({
        release: "1",
        species: "phix174",
        assembly: "NC_001422.1",
        gff3: "data/phix174/NC_001422.1.gff3.gz",
        fasta: "data/phix174/NC_001422.1.fa"
      })
    )
  ]
})
