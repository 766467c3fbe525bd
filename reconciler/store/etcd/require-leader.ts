import { InterceptingCall, type Interceptor } from "@grpc/grpc-js";

/** Lets etcd end a stream when its member has lost the cluster, where the stream would be silent otherwise. */
export const requireLeader: Interceptor = (options, nextCall) =>
  new InterceptingCall(nextCall(options), {
    start: (metadata, listener, next) => {
      const own = metadata.clone();
      own.set("hasleader", "true");
      next(own, listener);
    },
  });
