//! Animations that stay ones.

use rendition_imaging::{
    Adjust, Animation, Format, Gif, ImageError, Jpeg, Light, Limits, Output, Plan, ResizeToFit, Size,
    SmartCrop, Spec, Trim, Webp, decode, generate, inspect, render,
};

use crate::corpus;
use crate::picture::Picture;
use crate::shown::{Shown, generated, gif, gif_blocks, keep, lossless, made, moving, webp};

const WHITE: [u8; 4] = [255; 4];

#[test]
fn frames_times_and_loops_survive_both_formats() {
    use gif::Repeat;
    let cases = [(None, 1), (Some(Repeat::Infinite), 0), (Some(Repeat::Finite(4)), 5)];
    for (repeat, plays) in cases {
        let source = moving(5, 7, repeat);
        let there = generated(&source, &keep([], lossless())).unwrap();
        assert_eq!((there.frames, there.format), (5, Format::Webp));
        let shown = Shown::webp(&there.bytes);
        assert_eq!((shown.plays, shown.milliseconds()), (plays, vec![70; 5]));
        let back = generated(&there.bytes, &keep([], gif())).unwrap();
        assert_eq!((back.frames, inspect(&back.bytes).unwrap().frames), (5, 5));
        let (blocks, again) = gif_blocks(&back.bytes);
        assert_eq!(blocks.iter().map(|(_, time)| *time).collect::<Vec<_>>(), [70; 5]);
        assert_eq!(again, repeat.unwrap_or(Repeat::Finite(0)));
        assert_eq!(Shown::of(&back.bytes), shown);
    }
}

#[test]
fn only_what_changes_is_written() {
    let (blocks, _) = gif_blocks(&made(&moving(4, 10, None), [], gif()));
    assert_eq!(blocks[0].0, [0, 0, 64, 40]);
    assert_eq!(blocks[1].0, [0, 10, 20, 16]);
}

#[test]
fn lossy_frames_look_like_their_source() {
    let source = moving(5, 10, None);
    for output in [webp(), Output::Webp(Webp { sharp_yuv: true, ..Webp::default() })] {
        let shown = Shown::webp(&made(&source, [], output));
        for (frame, expected) in shown.pictures().zip(Shown::of(&source).pictures()) {
            assert!(frame.mean_difference(expected) < 3.0);
        }
    }
}

#[test]
fn times_that_no_browser_believes_are_a_tenth_of_a_second() {
    for (hundredths, milliseconds) in [(0, 100), (1, 100), (2, 20), (50, 500)] {
        let shown = Shown::of(&moving(3, hundredths, None));
        assert_eq!(shown.milliseconds(), [milliseconds; 3]);
    }
}

#[test]
fn one_place_is_cut_out_of_all_frames() {
    // The box moves; what is trimmed, cropped and stretched is what the first frame says.
    let source = moving(4, 10, None);
    let trimmed = Shown::of(&made(&source, [Trim::default().into()], lossless()));
    assert_eq!(trimmed.frames[0].0.size, Size::new(12, 16));
    assert_eq!(trimmed.frames[1].0.at(0, 0), WHITE);
    assert_eq!(trimmed.frames[1].0.at(8, 0), [30, 30, 200, 255]);
    let crop = SmartCrop { width: 24, height: 24, ..SmartCrop::default() };
    let cropped = Shown::of(&made(&source, [crop.into()], lossless()));
    let left_edge = |picture: &Picture| (0..24).find(|x| picture.at(*x, 12) != WHITE);
    let edges: Vec<_> = cropped.pictures().filter_map(left_edge).collect();
    assert!(edges.windows(2).all(|pair| pair[1] == pair[0] + 8), "{edges:?}");
    assert!(edges.len() > 1);
    let adjust = Adjust { contrast: Some(0.5), ..Adjust::default() };
    let adjusted = Shown::of(&made(&source, [adjust.into()], lossless()));
    let corner = adjusted.frames[0].0.at(63, 39);
    assert!(adjusted.pictures().all(|frame| frame.at(63, 39) == corner));
}

#[test]
fn resized_frames_keep_their_number_and_size() {
    let resize = ResizeToFit { width: 32, ..ResizeToFit::default() };
    for output in [gif(), webp(), lossless()] {
        let encoded = generated(&moving(6, 10, None), &keep([resize.clone().into()], output)).unwrap();
        assert_eq!((encoded.frames, encoded.size), (6, Size::new(32, 20)));
        let header = inspect(&encoded.bytes).unwrap();
        assert_eq!((header.frames, header.size), (6, Size::new(32, 20)));
    }
}

#[test]
fn transparency_comes_and_goes() {
    // Frame after frame another part of the canvas is bare.
    let picture = |index: u32| {
        Picture::new(
            16,
            8,
            move |x, _| if x / 4 == index % 4 { [0; 4] } else { [10, 200, (index * 60) as u8, 255] },
        )
    };
    let mut source = Vec::new();
    let mut encoder = gif::Encoder::new(&mut source, 16, 8, &[]).unwrap();
    for index in 0..4 {
        let picture = picture(index);
        let color = picture.pixels.iter().find(|pixel| pixel[3] > 0).unwrap();
        let indices: Vec<u8> = picture.pixels.iter().map(|pixel| u8::from(pixel[3] == 0)).collect();
        let palette = [color[0], color[1], color[2], 0, 0, 0];
        let mut frame = gif::Frame::from_palette_pixels(16, 8, indices, palette, Some(1));
        frame.dispose = gif::DisposalMethod::Background;
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    for output in [gif(), lossless()] {
        let shown = Shown::of(&made(&source, [], output));
        let expected: Vec<Picture> = (0..4).map(picture).collect();
        assert_eq!(shown.pictures().cloned().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn an_animation_can_be_refused_or_stand_still() {
    let source = moving(3, 10, None);
    let refuse = Spec { animation: Animation::Reject, ..Spec::new(vec![], webp()) };
    let error = generated(&source, &refuse).unwrap_err();
    assert!(matches!(&error, ImageError::Unsupported { message } if message.contains("3 frames")), "{error}");
    assert_eq!(generated(&moving(1, 10, None), &refuse).unwrap().frames, 1);
    for output in [gif(), lossless()] {
        let spec = Spec { animation: Animation::FirstFrame, ..Spec::new(vec![], output) };
        let still = generated(&source, &spec).unwrap();
        assert_eq!((still.frames, inspect(&still.bytes).unwrap().frames), (1, 1));
        assert_eq!(&Picture::read(&still.bytes), Shown::of(&source).pictures().next().unwrap());
    }
    assert_eq!(generated(&source, &keep([], Output::Jpeg(Jpeg::default()))).unwrap().frames, 1);
}

#[test]
fn an_animated_png_is_one_picture() {
    let Some(bytes) = corpus::read("png/pillow--single_frame_default.png") else { return };
    let spec = Spec { animation: Animation::Reject, ..Spec::new(vec![], gif()) };
    assert_eq!(generated(&bytes, &spec).unwrap().frames, 1);
}

#[test]
fn frames_are_counted_before_they_are_decoded() {
    let source = moving(5, 10, None);
    let planned = |limits: Limits, spec: &Spec| {
        Plan::new(&inspect(&source).unwrap(), source.len() as u64, spec, &limits).map(|_| ())
    };
    let few = Limits { max_frames: 4, ..Limits::default() };
    let small = Limits { max_animation_pixels: 64 * 40 * 5 - 1, ..Limits::default() };
    for (limits, name, exceeded, allowed) in
        [(few, "max_frames", 5, 4), (small, "max_animation_pixels", 12_800, 12_799)]
    {
        let error = planned(limits, &keep([], webp())).unwrap_err();
        let ImageError::LimitExceeded { limit, value, maximum, .. } = error else { panic!("{error}") };
        assert_eq!((limit, value, maximum), (name, exceeded, allowed));
        planned(limits, &keep([], Output::Jpeg(Jpeg::default()))).unwrap();
    }
    planned(Limits { max_frames: 5, max_animation_pixels: 12_800, ..Limits::default() }, &keep([], gif()))
        .unwrap();
}

#[test]
fn time_runs_out_between_frames() {
    let Some(bytes) = corpus::read("gif/gif-crate--sample_big.gif") else { return };
    let limits = Limits { cpu_time: std::time::Duration::from_millis(30), ..Limits::default() };
    let error = generate(&bytes, &keep([], webp()), &limits).unwrap_err();
    assert!(matches!(error, ImageError::LimitExceeded { limit: "cpu_time", .. }), "{error}");
}

#[test]
fn what_is_decoded_once_serves_several_plans_alike() {
    let source = moving(4, 10, None);
    let header = inspect(&source).unwrap();
    let plan = |spec: &Spec| Plan::new(&header, source.len() as u64, spec, &Limits::default()).unwrap();
    let specs = [keep([], gif()), keep([ResizeToFit { width: 20, ..Default::default() }.into()], webp())];
    let plans = specs.each_ref().map(plan);
    assert_eq!(plans[0].decode(), plans[1].decode());
    let decoded = decode(&source, &header, plans[0].decode()).unwrap();
    assert_eq!((decoded.size(), decoded.memory_bytes()), (Size::new(64, 40), 0));
    for (plan, spec) in plans.iter().zip(&specs) {
        assert_eq!(render(&decoded, plan).unwrap(), generated(&source, spec).unwrap());
    }
    let still = plan(&keep([], Output::Jpeg(Jpeg::default())));
    assert_ne!(still.decode(), plans[0].decode());
    assert!(matches!(render(&decoded, &still), Err(ImageError::Unsupported { .. })));
}

#[test]
fn a_still_gif_holds_what_it_can() {
    let scene = Picture::scene(120, 90);
    let difference = |dither: bool| {
        let output = Output::Gif(Gif { dither: Some(dither) });
        let encoded = generated(&scene.png(), &Spec::new(vec![], output)).unwrap();
        assert_eq!((encoded.format, encoded.frames), (Format::Gif, 1));
        Picture::read(&encoded.bytes).mean_difference(&scene)
    };
    assert!(difference(false) < 6.0, "{}", difference(false));
    assert!(difference(true) < 8.0, "{}", difference(true));
    let few =
        Picture::new(16, 16, |x, y| if x < 3 { [0; 4] } else { [(x * 16) as u8, (y * 16) as u8, 9, 255] });
    assert_eq!(Picture::read(&made(&few.png(), [], gif())), few);
}

#[test]
fn frames_are_resized_in_linear_light() {
    let resize = || [ResizeToFit { width: 20, ..ResizeToFit::default() }.into()];
    let source = moving(4, 10, None);
    let spec = Spec { light: Light::Linear, ..keep(resize(), lossless()) };
    let linear = Shown::webp(&generated(&source, &spec).unwrap().bytes);
    let gamma = Shown::of(&made(&source, resize(), lossless()));
    assert_eq!(linear.frames.len(), 4);
    for (linear, gamma) in linear.pictures().zip(gamma.pictures()) {
        assert!(linear != gamma && linear.mean_difference(gamma) < 8.0);
    }
}

#[test]
fn every_frame_becomes_srgb() {
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut bytes = made(&moving(3, 10, None), [], lossless());
    let plain = Shown::webp(&bytes);
    let mut chunk = b"ICCP".to_vec();
    chunk.extend_from_slice(&(icc.len() as u32).to_le_bytes());
    chunk.extend_from_slice(&icc);
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    // Behind the extended header, whose flag tells of it.
    bytes[20] |= 0x20;
    bytes.splice(30..30, chunk);
    let length = (bytes.len() as u32 - 8).to_le_bytes();
    bytes[4..8].copy_from_slice(&length);
    let shown = Shown::of(&bytes);
    assert_eq!(shown.pictures().next().unwrap(), &Picture::read(&bytes));
    for (frame, plain) in shown.pictures().zip(plain.pictures()) {
        assert!(frame != plain);
        assert_eq!(frame.at(63, 39), WHITE);
    }
}
