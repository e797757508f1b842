/** An evaluation with its trace: what comes of it, what was refused, and the evidence that proves it current. */
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"
import { ConfigImpure } from "../../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import type { Evaluated } from "../Evaluate.ts"
import { collect } from "./Collect.ts"
import type { Impurity } from "./Observed.ts"
import { traced } from "./Trace.ts"

type Problems = { readonly problems: ReadonlyArray<ErrorDocument> }

export const impureProblem = ({ message, does, place }: Impurity, config: string): ErrorDocument =>
  encodeFailure(new ConfigImpure({ message, does, where: place ?? { path: config } }))

const key = ({ code, message, where }: ErrorDocument): string => JSON.stringify([code, message, where])

/** Evaluates `config`, an absolute path. What was refused is a problem also where the config caught it. */
export const evaluateTraced = async (
  config: string,
  evaluate: () => Promise<Evaluated | Problems>
): Promise<(Evaluated & { readonly evidence: ConfigEvidence | null }) | Problems> => {
  const trace = await traced(evaluate)
  const { value } = trace
  const problems = [...trace.impurities.map((impurity) => impureProblem(impurity, config)), ...("problems" in value ? value.problems : [])]
  if (problems.length > 0 || "problems" in value) return { problems: [...new Map(problems.map((one) => [key(one), one])).values()] }
  return { ...value, evidence: collect(config, trace) }
}
