"""Asks a server for a rendition and its URL: python ask.py ADDRESS SOURCE, with the stubs in PYTHONPATH."""

import sys

import grpc
from rendition.v1 import operation_pb2, rendition_pb2, rendition_service_pb2, source_pb2, spec_pb2
from rendition.v1.rendition_service_pb2_grpc import RenditionServiceStub

address, path = sys.argv[1:3]
spec = spec_pb2.Spec(
    operations=[operation_pb2.Operation(resize_to_fill=operation_pb2.ResizeToFill(width=320, height=180))],
    output=spec_pb2.Output(webp=spec_pb2.Webp(quality=80)),
)
rendition = rendition_pb2.RenditionRef(
    source=source_pb2.Source(path=path),
    recipe=rendition_pb2.Recipe(spec=spec),
)
with grpc.insecure_channel(address) as channel:
    service = RenditionServiceStub(channel)
    request = rendition_service_pb2.EnsureGeneratedRequest(rendition=rendition)
    print(service.EnsureGenerated(request, timeout=30))
