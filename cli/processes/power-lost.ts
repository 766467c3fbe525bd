/** Why the processes of a simulated node end when its host does: nobody says goodbye in a power cut. */
export class PowerLost extends Error {
  constructor(node: string) {
    super(`${node} lost its power`);
    this.name = "PowerLost";
  }
}
