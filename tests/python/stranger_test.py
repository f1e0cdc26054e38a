"""A client that knows Rendition by its proto files and by reflection alone.

It speaks to a running server:
    RENDITION_GRPC    the address of its gRPC API, e.g. 127.0.0.1:50051
    RENDITION_HTTP    what its media URLs begin with, e.g. http://127.0.0.1:8080
    RENDITION_SOURCE  the path of an image in its default source store, e.g. avatars/cat.jpg
The server has the built-in spec `avatar` and allows inline specs.
"""

import importlib
import os
import pathlib
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status
from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
SERVICES = {"rendition.v1.RenditionService", "rendition.v1.SpecService"}
# The longest that any call may take, in seconds: a server that hangs must fail the test, not stop it.
DEADLINE = 60
CHUNK = 64 * 1024


def generate_stubs(folder):
    """Compiles proto/rendition into `folder`; google.rpc comes with the Python packages."""
    files = sorted(str(file.relative_to(PROTO)) for file in (PROTO / "rendition").rglob("*.proto"))
    well_known = str(pathlib.Path(protoc.__file__).parent / "_proto")
    arguments = ["protoc", f"-I{PROTO}", f"-I{well_known}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    if protoc.main(arguments + files) != 0:
        raise RuntimeError("protoc failed on proto/")


def setUpModule():
    global channel, messages, service, specs, http, path
    stubs = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(stubs.cleanup)
    generate_stubs(stubs.name)
    sys.path.insert(0, stubs.name)
    messages = importlib.import_module("rendition.v1.rendition_service_pb2")
    rendition_grpc = importlib.import_module("rendition.v1.rendition_service_pb2_grpc")
    spec_grpc = importlib.import_module("rendition.v1.spec_service_pb2_grpc")
    channel = grpc.insecure_channel(os.environ["RENDITION_GRPC"])
    unittest.addModuleCleanup(channel.close)
    grpc.channel_ready_future(channel).result(timeout=DEADLINE)
    service = rendition_grpc.RenditionServiceStub(channel)
    specs = spec_grpc.SpecServiceStub(channel)
    http = os.environ["RENDITION_HTTP"].rstrip("/")
    path = os.environ["RENDITION_SOURCE"]


def module(name):
    return importlib.import_module(f"rendition.v1.{name}_pb2")


def avatar(source=None):
    """The rendition that the spec `avatar` makes of a source."""
    return module("rendition").RenditionRef(
        source=module("source").Source(path=source or path),
        recipe=module("rendition").Recipe(spec_id="avatar"),
    )


def fitted(width, source=None):
    """A rendition by an inline spec: fitted into `width`, as JPEG."""
    spec = module("spec").Spec(
        operations=[module("operation").Operation(resize_to_fit=module("operation").ResizeToFit(width=width))],
        output=module("spec").Output(jpeg=module("spec").Jpeg(quality=70)),
    )
    return module("rendition").RenditionRef(
        source=module("source").Source(path=source or path), recipe=module("rendition").Recipe(spec=spec)
    )


def ensure(rendition, **others):
    request = messages.EnsureGeneratedRequest(rendition=rendition, **others)
    return service.EnsureGenerated(request, timeout=DEADLINE)


def details(error):
    """The typed details of an error, by the names of their messages."""
    status = rpc_status.from_call(error) if isinstance(error, grpc.RpcError) else error
    found = {}
    for packed in status.details:
        for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo):
            if packed.Is(kind.DESCRIPTOR):
                unpacked = kind()
                packed.Unpack(unpacked)
                found[kind.DESCRIPTOR.name] = unpacked
    return found


def get(url, **headers):
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


class Calls(unittest.TestCase):
    def test_what_is_missing_is_generated_and_found_ever_after(self):
        first = ensure(avatar(), force=True)
        self.assertEqual(first.outcome, messages.OUTCOME_GENERATED)
        self.assertEqual(first.rendition.state, module("rendition").STATE_READY)
        self.assertEqual(first.rendition.image.media_type, "image/webp")
        self.assertTrue(first.rendition.key.startswith(f"media/{path}/avatar."), first.rendition.key)
        again = ensure(avatar())
        self.assertEqual(again.outcome, messages.OUTCOME_FOUND)
        self.assertEqual(again.rendition.key, first.rendition.key)

    def test_existence_is_told_without_making_anything(self):
        ensure(avatar())
        there = service.Exists(messages.ExistsRequest(rendition=avatar(), include_image_info=True), timeout=DEADLINE)
        self.assertTrue(there.exists)
        self.assertGreater(there.rendition.image.width, 0)
        request = messages.ExistsRequest(rendition=fitted(1999))
        for _ in range(2):
            self.assertFalse(service.Exists(request, timeout=DEADLINE).exists)

    def test_read_sends_the_bytes_that_a_get_sends(self):
        rendition = ensure(avatar()).rendition
        parts = list(service.Read(messages.ReadRequest(rendition=avatar()), timeout=DEADLINE))
        self.assertEqual(parts[0].WhichOneof("part"), "header")
        self.assertTrue(all(part.WhichOneof("part") == "chunk" for part in parts[1:]))
        self.assertLessEqual(max(len(part.chunk) for part in parts[1:]), CHUNK)
        read = b"".join(part.chunk for part in parts[1:])
        self.assertEqual(len(read), parts[0].header.image.size_bytes)
        status, _, body = get(rendition.url)
        self.assertEqual((status, read), (200, body))
        self.assertEqual((read[:4], read[8:12]), (b"RIFF", b"WEBP"))

    def test_a_missing_source_costs_one_item_of_a_batch_of_fifty(self):
        missing = 17
        requests = [
            messages.EnsureGeneratedRequest(
                rendition=fitted(20 + index, "no/such.jpg" if index == missing else None)
            )
            for index in range(50)
        ]
        request = messages.BatchEnsureGeneratedRequest(requests=requests)
        results = service.BatchEnsureGenerated(request, timeout=DEADLINE).results
        self.assertEqual(len(results), 50)
        for index, result in enumerate(results):
            if index == missing:
                self.assertEqual(result.error.code, grpc.StatusCode.NOT_FOUND.value[0])
                self.assertEqual(details(result.error)["ErrorInfo"].reason, "SOURCE_NOT_FOUND")
            else:
                self.assertEqual(result.response.rendition.state, module("rendition").STATE_READY, index)
                self.assertLessEqual(result.response.rendition.image.width, 20 + index)

    def test_watch_ends_when_all_is_ready(self):
        ensure(avatar())
        request = messages.WatchRequest(renditions=[avatar()])
        updates = [update for answer in service.Watch(request, timeout=DEADLINE) for update in answer.updates]
        self.assertEqual(updates[-1].rendition.state, module("rendition").STATE_READY)

    def test_named_specs_are_listed(self):
        spec_messages = module("spec_service")
        listed = specs.ListSpecs(spec_messages.ListSpecsRequest(), timeout=DEADLINE).specs
        self.assertIn("avatar", [spec.id for spec in listed])
        spec = specs.GetSpec(spec_messages.GetSpecRequest(id="avatar"), timeout=DEADLINE).spec
        self.assertRegex(spec.digest, "^[0-9a-f]{32}$")


class Urls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ensure(avatar())
        cls.url = service.Url(messages.UrlRequest(rendition=avatar()), timeout=DEADLINE).rendition.url

    def test_the_url_leads_to_the_image(self):
        self.assertTrue(self.url.startswith(f"{http}/"), self.url)
        status, headers, body = get(self.url)
        self.assertEqual((status, headers["Content-Type"]), (200, "image/webp"))
        self.assertEqual(int(headers["Content-Length"]), len(body))
        self.assertRegex(headers["ETag"], '^"[^"]+"$', "strong")
        self.assertIn("max-age=", headers["Cache-Control"])

    def test_who_has_the_image_already_is_told_so(self):
        tag = get(self.url)[1]["ETag"]
        status, headers, body = get(self.url, If_None_Match=tag)
        self.assertEqual((status, body, headers["ETag"]), (304, b"", tag))
        self.assertEqual(get(self.url, If_None_Match='"another"')[0], 200)

    def test_a_part_of_the_image_can_be_had(self):
        whole = get(self.url)[2]
        status, headers, body = get(self.url, Range="bytes=4-11")
        self.assertEqual((status, body), (206, whole[4:12]))
        self.assertEqual(headers["Content-Range"], f"bytes 4-11/{len(whole)}")
        self.assertEqual(get(self.url, Range=f"bytes={len(whole)}-")[0], 416)

    def test_a_get_generates_what_is_missing(self):
        ref = fitted(311)
        url = service.Url(messages.UrlRequest(rendition=ref), timeout=DEADLINE).rendition.url
        status, headers, body = get(url)
        self.assertEqual((status, headers["Content-Type"], body[:3]), (200, "image/jpeg", b"\xff\xd8\xff"))
        self.assertTrue(service.Exists(messages.ExistsRequest(rendition=ref), timeout=DEADLINE).exists)

    def test_a_download_has_its_name(self):
        options = messages.UrlOptions(download_name="my cat.webp")
        url = service.Url(messages.UrlRequest(rendition=avatar(), url_options=options), timeout=DEADLINE).rendition.url
        status, headers, _ = get(url)
        self.assertEqual(status, 200)
        self.assertIn('attachment; filename="my cat.webp"', headers["Content-Disposition"])

    def test_one_url_gives_each_caller_the_format_that_it_accepts(self):
        formats = [module("spec").OUTPUT_FORMAT_WEBP, module("spec").OUTPUT_FORMAT_PNG]
        ref = fitted(313)
        ref.recipe.spec.output.CopyFrom(module("spec").Output(auto=module("spec").Auto(formats=formats)))
        options = messages.UrlOptions(negotiate=True)
        url = service.Url(messages.UrlRequest(rendition=ref, url_options=options), timeout=DEADLINE).rendition.url
        for accept, media_type in (("image/webp,*/*", "image/webp"), ("*/*", "image/png")):
            status, headers, _ = get(url, Accept=accept)
            self.assertEqual((status, headers["Content-Type"], headers["Vary"]), (200, media_type, "Accept"))

    def test_what_a_store_cannot_give_is_refused_with_the_option(self):
        options = messages.UrlOptions(kind=messages.URL_KIND_PRESIGNED)
        with self.assertRaises(grpc.RpcError) as refused:
            service.Url(messages.UrlRequest(rendition=avatar(), url_options=options), timeout=DEADLINE)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        found = details(refused.exception)
        self.assertEqual(found["ErrorInfo"].reason, "URL_KIND_UNSUPPORTED")
        self.assertEqual(found["BadRequest"].field_violations[0].field, "url_options.kind")

    def test_a_changed_url_leads_nowhere(self):
        url = service.Url(messages.UrlRequest(rendition=fitted(312)), timeout=DEADLINE).rendition.url
        self.assertIn(get(url.replace("/inline.", "/inlinf."))[0], (403, 404))


class Errors(unittest.TestCase):
    def refused(self, rendition, code, reason):
        with self.assertRaises(grpc.RpcError) as raised:
            ensure(rendition)
        self.assertEqual(raised.exception.code(), code)
        found = details(raised.exception)
        self.assertEqual((found["ErrorInfo"].domain, found["ErrorInfo"].reason), ("rendition", reason))
        return found

    def test_a_missing_source_is_not_found(self):
        self.refused(avatar("no/such.jpg"), grpc.StatusCode.NOT_FOUND, "SOURCE_NOT_FOUND")

    def test_an_unknown_spec_is_not_found(self):
        ref = avatar()
        ref.recipe.spec_id = "nonesuch"
        self.refused(ref, grpc.StatusCode.NOT_FOUND, "SPEC_NOT_FOUND")

    def test_a_hostile_path_is_refused_with_the_field(self):
        found = self.refused(avatar("../etc/passwd"), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PATH")
        fields = [violation.field for violation in found["BadRequest"].field_violations]
        self.assertEqual(fields, ["rendition.source.path"])

    def test_an_impossible_spec_is_refused_with_the_field(self):
        found = self.refused(fitted(70_000), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_SPEC")
        fields = [violation.field for violation in found["BadRequest"].field_violations]
        self.assertTrue(any(field.endswith("operations[0].resize_to_fit.width") for field in fields), fields)


class Discovery(unittest.TestCase):
    def test_health_is_told_of_the_server_and_of_each_service(self):
        health = health_pb2_grpc.HealthStub(channel)
        for name in ["", "liveness", *sorted(SERVICES)]:
            answer = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=DEADLINE)
            self.assertEqual(answer.status, health_pb2.HealthCheckResponse.SERVING, name)

    def test_both_versions_of_reflection_list_the_services(self):
        # The messages of v1 and v1alpha are the same but for their package.
        for version in ["v1", "v1alpha"]:
            call = channel.stream_stream(
                f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
                response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
            )
            asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
            answer = next(iter(call(asked, timeout=DEADLINE)))
            names = {service.name for service in answer.list_services_response.service}
            self.assertLessEqual(SERVICES, names, version)

    def test_a_call_can_be_made_by_reflection_alone(self):
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        method = pool.FindServiceByName("rendition.v1.RenditionService").FindMethodByName("EnsureGenerated")
        request = message_factory.GetMessageClass(method.input_type)()
        request.rendition.source.path = path
        request.rendition.recipe.spec_id = "avatar"
        call = channel.unary_unary(
            "/rendition.v1.RenditionService/EnsureGenerated",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
        )
        answer = call(request, timeout=DEADLINE)
        states = method.output_type.fields_by_name["rendition"].message_type.fields_by_name["state"].enum_type
        self.assertEqual(states.values_by_number[answer.rendition.state].name, "STATE_READY")


if __name__ == "__main__":
    unittest.main()
