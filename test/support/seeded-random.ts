export { SeededRandom } from "../../simulator/seeded-random.ts";
