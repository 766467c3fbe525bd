import type { TSchema } from "typebox";

import type { Kind } from "../../model/names.ts";
import { clusterSchema, type ClusterDocument } from "./cluster.ts";
import { networkSchema, type NetworkDocument } from "./network.ts";
import { nodeSchema, type NodeDocument } from "./node.ts";
import { storagePoolSchema, type StoragePoolDocument } from "./storage-pool.ts";
import { profileSchema, vmSchema, type ProfileDocument, type VmDocument } from "./vm.ts";

/** The one source of what may be written: for Ajv, for the types, for editors. */
export const schemas = {
  Cluster: clusterSchema,
  Node: nodeSchema,
  Profile: profileSchema,
  VM: vmSchema,
  Network: networkSchema,
  StoragePool: storagePoolSchema,
} as const satisfies Record<Kind, TSchema>;

/** One document as it was written, and found to be legal by its schema. */
export type AnyDocument =
  ClusterDocument | NodeDocument | ProfileDocument | VmDocument | NetworkDocument | StoragePoolDocument;

export type {
  ClusterDocument,
  NetworkDocument,
  NodeDocument,
  ProfileDocument,
  StoragePoolDocument,
  VmDocument,
};
